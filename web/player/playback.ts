import type Hls from 'hls.js';
import type { ErrorData } from 'hls.js';
import { remedyOf, type Trouble, watchdog } from './recovery.ts';

/** A quality that the viewer can choose. `id` is -1 for automatic. */
export interface Quality {
  readonly id: number;
  readonly label: string;
}

export interface PlaybackState {
  /** `waiting`: nothing to play yet, or again. `over`: the playlist says that the stream has ended. */
  readonly phase: 'waiting' | 'playing' | 'reconnecting' | 'over';
  readonly qualities: readonly Quality[];
}

/** What a player reports about itself; see `postMetrics`. */
export interface PlaybackStatistics {
  readonly quality?: string;
  readonly resolution?: string;
  readonly bitrate?: number;
  readonly framerate?: number;
  readonly latencyMs?: number;
  readonly bufferMs?: number;
  readonly codecs?: string;
}

export interface Playback {
  chooseQuality(id: number): void;
  goToLive(): void;
  statistics(): PlaybackStatistics;
  stop(): void;
}

export interface PlaybackOptions {
  readonly video: HTMLVideoElement;
  /** The HLS playlist. */
  readonly url: string;
  readonly isLive: boolean;
  readonly onState: (state: PlaybackState) => void;
}

const TICK_MS = 1_000;
/** A live player that has fallen back further than this jumps to the live edge. */
const FAR_BEHIND_S = 30;

/** Plays a playlist in a video element, and recovers by itself from lost networks, encoders and sleep. */
export async function play({ video, url, isLive, onState }: PlaybackOptions): Promise<Playback> {
  const { default: HlsPlayer } = await import('hls.js');
  if (!HlsPlayer.isSupported()) return playNatively({ video, url, isLive, onState });

  let hls: Hls | undefined;
  let state: PlaybackState = { phase: 'waiting', qualities: [] };
  let attempt = 0;
  let wanted = -1;
  /** Whether the viewer was watching when playback had to begin again. */
  let resumes = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const set = (change: Partial<PlaybackState>) => {
    state = { ...state, ...change };
    onState(state);
  };

  const handle = (trouble: Trouble) => {
    if (timer !== undefined) return;
    const { act, afterMs } = remedyOf(trouble, attempt++);
    if (state.phase !== 'over') set({ phase: trouble === 'missing' ? 'waiting' : 'reconnecting' });
    timer = setTimeout(() => {
      timer = undefined;
      if (act === 'load') hls?.startLoad();
      else if (act === 'decode') hls?.recoverMediaError();
      else if (act === 'seek') jump();
      else start();
    }, afterMs);
  };

  const jump = () => {
    if (isLive && hls?.liveSyncPosition != null) video.currentTime = hls.liveSyncPosition;
    else video.currentTime += 0.5;
  };

  function start(): void {
    const position = isLive ? -1 : video.currentTime;
    // Without its source, a video is paused.
    resumes ||= hls !== undefined && (!video.paused || video.ended);
    hls?.destroy();
    const player = new HlsPlayer({
      // Three segments behind: what IVS recommends for players that are not its own.
      liveSyncDurationCount: 3,
      startPosition: position,
      backBufferLength: 60,
      capLevelToPlayerSize: true,
    });
    hls = player;
    player.on(HlsPlayer.Events.MANIFEST_PARSED, (_, { levels }) => {
      const qualities = levels.map(({ height, frameRate }, id) => ({
        id,
        label: `${height}p${frameRate > 31 ? Math.round(frameRate) : ''}`,
      }));
      set({ qualities: [{ id: -1, label: 'Auto' }, ...qualities.reverse()] });
      if (wanted >= 0 && wanted < levels.length) player.nextLevel = wanted;
    });
    player.on(HlsPlayer.Events.LEVEL_LOADED, (_, { details }) => {
      if (isLive && !details.live) set({ phase: 'over' });
      else if (state.phase === 'over') set({ phase: 'waiting' });
    });
    player.on(HlsPlayer.Events.FRAG_BUFFERED, () => {
      attempt = 0;
      if (state.phase !== 'playing' && state.phase !== 'over') set({ phase: 'playing' });
      if (resumes) void video.play().catch(() => undefined);
      resumes = false;
    });
    player.on(HlsPlayer.Events.ERROR, (_, error) => {
      if (error.fatal) handle(troubleOf(error));
    });
    player.loadSource(url);
    player.attachMedia(video);
  }

  const troubleOf = ({ type, response }: ErrorData): Trouble => {
    if (type === HlsPlayer.ErrorTypes.MEDIA_ERROR) return 'media';
    if (type !== HlsPlayer.ErrorTypes.NETWORK_ERROR) return 'unknown';
    return response?.code === 404 ? 'missing' : 'network';
  };

  const watch = watchdog();
  const ticker = setInterval(() => {
    const isPlaying = !video.paused && !video.ended && state.phase !== 'waiting';
    const trouble = watch({ at: Date.now(), time: video.currentTime, isPlaying });
    if (trouble !== undefined && state.phase !== 'over') handle(trouble);
    // The encoder may come back with a new playlist at the same address.
    if (isLive && state.phase === 'over' && video.ended) handle('missing');
    const edge = hls?.liveSyncPosition;
    if (isLive && isPlaying && edge != null && edge - video.currentTime > FAR_BEHIND_S) jump();
  }, TICK_MS);
  const online = () => handle('network');
  addEventListener('online', online);
  start();

  return {
    chooseQuality: id => {
      wanted = id;
      if (hls !== undefined) hls.nextLevel = id;
    },
    goToLive: jump,
    statistics: () => statisticsOf(video, hls),
    stop: () => {
      clearInterval(ticker);
      clearTimeout(timer);
      removeEventListener('online', online);
      hls?.destroy();
      hls = undefined;
    },
  };
}

function statisticsOf(video: HTMLVideoElement, hls: Hls | undefined): PlaybackStatistics {
  const level = hls?.levels[hls.currentLevel];
  const buffered = video.buffered.length === 0 ? 0 : video.buffered.end(video.buffered.length - 1);
  const bufferMs = Math.round(Math.max(0, buffered - video.currentTime) * 1000);
  if (level === undefined) return { bufferMs };
  const { width, height, bitrate, frameRate, codecs = '' } = level;
  const latency = hls?.latency ?? 0;
  return {
    bufferMs,
    quality: `${height}p${frameRate > 31 ? Math.round(frameRate) : ''}`,
    resolution: `${width}x${height}`,
    bitrate,
    ...(frameRate > 0 ? { framerate: Math.round(frameRate) } : {}),
    ...(latency > 0 ? { latencyMs: Math.round(latency * 1000) } : {}),
    ...(codecs === '' ? {} : { codecs }),
  };
}

/** Safari on iPhones plays HLS itself. */
function playNatively({ video, url, onState }: PlaybackOptions): Playback {
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const load = () => {
    video.src = url;
    video.load();
    void video.play().catch(() => undefined);
  };
  const onPlaying = () => {
    attempt = 0;
    onState({ phase: 'playing', qualities: [] });
  };
  const onError = () => {
    onState({ phase: 'reconnecting', qualities: [] });
    clearTimeout(timer);
    timer = setTimeout(load, remedyOf('unknown', attempt++).afterMs);
  };
  const onEnded = () => onState({ phase: 'over', qualities: [] });
  video.addEventListener('playing', onPlaying);
  video.addEventListener('error', onError);
  video.addEventListener('ended', onEnded);
  load();
  return {
    chooseQuality: () => undefined,
    goToLive: () => {
      if (video.seekable.length > 0) video.currentTime = video.seekable.end(video.seekable.length - 1);
    },
    statistics: () => statisticsOf(video, undefined),
    stop: () => {
      clearTimeout(timer);
      video.removeEventListener('playing', onPlaying);
      video.removeEventListener('error', onError);
      video.removeEventListener('ended', onEnded);
      video.removeAttribute('src');
      video.load();
    },
  };
}
