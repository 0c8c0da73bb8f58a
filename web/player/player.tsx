import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { clockTime } from '../parts/formatting.ts';
import { type Playback, type PlaybackState, type PlaybackStatistics, play } from './playback.ts';
import { PlayerIcon } from './playerIcon.tsx';
import './player.css';

interface PlayerProps {
  /** The HLS playlist. */
  readonly url: string;
  readonly isLive: boolean;
  /** What is played, for screen readers. */
  readonly label: string;
  /** Shown over the video when the stream is over. */
  readonly over: ComponentChildren;
  /** Receives the position in seconds, a few times per second while it changes. */
  readonly onTime?: (seconds: number) => void;
  /** Is called when video no longer arrives. */
  readonly onInterrupted?: () => void;
  /** Receives what a report about playback needs. */
  readonly onReady?: (viewing: Viewing) => void;
}

export interface Viewing {
  readonly isPlaying: () => boolean;
  readonly statistics: () => PlaybackStatistics;
}

const SEEK_STEP_S = 10;

/** A video with its controls. It can be used with the keyboard: space, M, F, and the arrow keys in recordings. */
export function Player({ url, isLive, label, over, onTime, onInterrupted, onReady }: PlayerProps) {
  const frame = useRef<HTMLElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const playback = useRef<Playback>();
  const [state, setState] = useState<PlaybackState>({ phase: 'waiting', qualities: [] });
  const [quality, setQuality] = useState(-1);
  const [{ isPaused, isMuted, volume, time, duration }, setMedia] = useState(noMedia);
  const [needsClick, setNeedsClick] = useState(false);

  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    let isStopped = false;
    setQuality(-1);
    void play({ video: element, url, isLive, onState: setState }).then(started => {
      if (isStopped) return started.stop();
      playback.current = started;
      onReady?.({
        isPlaying: () => !element.paused && document.visibilityState === 'visible',
        statistics: started.statistics,
      });
    });
    void startMutedIfNeeded(element).then(isAllowed => setNeedsClick(!isAllowed));
    return () => {
      isStopped = true;
      playback.current?.stop();
      playback.current = undefined;
    };
  }, [url, isLive]);

  const wasPlaying = useRef(false);
  useEffect(() => {
    const isPlaying = state.phase === 'playing';
    if (wasPlaying.current && !isPlaying) onInterrupted?.();
    wasPlaying.current = isPlaying;
  }, [state.phase]);

  const update = () => {
    const element = video.current;
    if (element !== null) {
      setMedia(mediaOf(element));
      onTime?.(element.currentTime);
    }
  };
  const toggle = () => {
    const element = video.current;
    if (element?.paused) {
      if (isLive) playback.current?.goToLive();
      void element.play().catch(() => undefined);
    } else element?.pause();
  };
  const toggleSound = () => {
    if (video.current !== null) video.current.muted = !video.current.muted;
  };
  const toggleFullscreen = () => {
    if (document.fullscreenElement !== null) void document.exitFullscreen();
    else void frame.current?.requestFullscreen?.();
  };
  const seek = (seconds: number) => {
    if (video.current !== null && !isLive) video.current.currentTime = seconds;
  };
  const keys: Readonly<Record<string, () => void>> = {
    ' ': toggle,
    k: toggle,
    m: toggleSound,
    f: toggleFullscreen,
    ...(isLive
      ? {}
      : { ArrowLeft: () => seek(time - SEEK_STEP_S), ArrowRight: () => seek(time + SEEK_STEP_S) }),
  };

  return (
    <section
      class={`player ${isPaused ? 'paused' : ''}`}
      ref={frame}
      aria-label={`Player: ${label}`}
      onKeyDown={event => {
        const isOnControl = event.target instanceof Element && event.target.matches('button, input, select');
        const act = keys[event.key];
        if (act === undefined || (isOnControl && (event.key === ' ' || event.key.startsWith('Arrow'))))
          return;
        event.preventDefault();
        act();
      }}
    >
      {/* biome-ignore lint/a11y/useMediaCaption: broadcasts have no captions */}
      <video
        ref={video}
        playsInline
        aria-label={label}
        onClick={toggle}
        onTimeUpdate={update}
        onPlay={update}
        onPause={update}
        onVolumeChange={update}
        onDurationChange={update}
        onSeeked={update}
      />
      {state.phase === 'over' && !isPlayingOn(video.current) ? (
        <div class="status">{over}</div>
      ) : (
        state.phase === 'reconnecting' && (
          <div class="status" role="status">
            Reconnecting to the stream…
          </div>
        )
      )}
      {state.phase === 'waiting' && (
        <div class="status" role="status">
          Waiting for the stream…
        </div>
      )}
      {needsClick && (
        <button
          type="button"
          class="bigButton"
          onClick={() => {
            setNeedsClick(false);
            if (video.current !== null) video.current.muted = false;
            void video.current?.play().catch(() => undefined);
          }}
        >
          Turn on the sound
        </button>
      )}
      <div class="controls">
        <button type="button" aria-label={isPaused ? 'Play' : 'Pause'} onClick={toggle}>
          <PlayerIcon name={isPaused ? 'play' : 'pause'} />
        </button>
        <button
          type="button"
          aria-label={isMuted ? 'Turn on the sound' : 'Turn off the sound'}
          onClick={toggleSound}
        >
          <PlayerIcon name={isMuted ? 'muted' : 'sound'} />
        </button>
        <input
          class="volume"
          type="range"
          aria-label="Volume"
          min={0}
          max={1}
          step={0.05}
          value={isMuted ? 0 : volume}
          onInput={({ currentTarget }) => {
            if (video.current === null) return;
            video.current.volume = currentTarget.valueAsNumber;
            video.current.muted = currentTarget.valueAsNumber === 0;
          }}
        />
        {isLive ? (
          <>
            <button type="button" class="time" onClick={() => playback.current?.goToLive()}>
              <span class="badge live">Live</span>
            </button>
            <span class="space" />
          </>
        ) : (
          <>
            <input
              class="seek"
              type="range"
              aria-label="Position"
              aria-valuetext={`${clockTime(time * 1000)} of ${clockTime(duration * 1000)}`}
              min={0}
              max={duration}
              step={1}
              value={time}
              onInput={({ currentTarget }) => seek(currentTarget.valueAsNumber)}
            />
            <span class="time">
              {clockTime(time * 1000)} / {clockTime(duration * 1000)}
            </span>
          </>
        )}
        {state.qualities.length > 1 && (
          <select
            aria-label="Quality"
            value={quality}
            onChange={({ currentTarget }) => {
              const id = Number(currentTarget.value);
              setQuality(id);
              playback.current?.chooseQuality(id);
            }}
          >
            {state.qualities.map(({ id, label: name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        )}
        <button type="button" aria-label="Full screen" onClick={toggleFullscreen}>
          <PlayerIcon name="fullscreen" />
        </button>
      </div>
    </section>
  );
}

const noMedia = { isPaused: true, isMuted: false, volume: 1, time: 0, duration: 0 };

const mediaOf = ({ paused, muted, volume, currentTime, duration }: HTMLVideoElement) => ({
  isPaused: paused,
  isMuted: muted,
  volume,
  time: currentTime,
  duration: Number.isFinite(duration) ? duration : 0,
});

/** A stream that is over is still played to its end. */
const isPlayingOn = (video: HTMLVideoElement | null) => video !== null && !video.paused && !video.ended;

/** Starts the video with sound, or without where the browser wants a click first. @returns whether it has sound */
async function startMutedIfNeeded(video: HTMLVideoElement): Promise<boolean> {
  try {
    await video.play();
    return true;
  } catch (error) {
    // Playing begins again when the first segments arrive, or was stopped by leaving the page.
    if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return true;
    video.muted = true;
    await video.play().catch(() => undefined);
    return false;
  }
}
