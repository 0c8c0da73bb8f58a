import { useEffect, useRef, useState } from 'preact/hooks';
import type { ConnectionPhase } from '../chat/reconnection.ts';
import { isLocalMode } from '../data/localMode.ts';
import { Icon } from '../parts/icon.tsx';
import type { JoinedStage } from './joinStage.ts';
import { type Participant, type Participants, publishersOf } from './participants.ts';
import './stage.css';

interface StageRoomProps {
  /** The host. */
  readonly username: string;
  /** Whether the user may be seen and heard. Others watch. */
  readonly canPublish: boolean;
}

const phases = {
  connecting: 'Joining…',
  connected: '',
  reconnecting: 'Connection lost. Joining again…',
  unavailable: 'This stage cannot be joined at the moment.',
} as const;

/** The people on a stage, with video and sound, and the buttons to join them. */
export function StageRoom({ username, canPublish }: StageRoomProps) {
  const [joined, setJoined] = useState<JoinedStage>();
  const [isBusy, setBusy] = useState(false);
  const [phase, setPhase] = useState<ConnectionPhase>('connecting');
  const [participants, setParticipants] = useState<Participants<MediaStreamTrack>>(new Map());
  const [refusal, setRefusal] = useState<string>();
  const [muted, setMuted] = useState({ audio: false, video: false });
  const current = useRef<JoinedStage>();
  current.current = joined;
  useEffect(() => () => current.current?.leave(), [username]);

  if (isLocalMode)
    return (
      <p class="explained stageNote">
        Local mode has no real-time video, so nobody can be seen or heard here. On AWS, IVS delivers it.
      </p>
    );
  const join = async () => {
    setBusy(true);
    setRefusal(undefined);
    let media: MediaStream | undefined;
    try {
      if (canPublish) media = await openDevices();
      const { joinStage } = await import('./joinStage.ts');
      setMuted({ audio: false, video: false });
      setJoined(
        joinStage({
          username,
          media,
          onPhase: setPhase,
          onParticipants: setParticipants,
          onRemoved: () => {
            current.current?.leave();
            setJoined(undefined);
            setRefusal('You are no longer on this stage.');
          },
        }),
      );
    } catch (error) {
      for (const track of media?.getTracks() ?? []) track.stop();
      setRefusal(deviceRefusalOf(error));
    }
    setBusy(false);
  };
  const leave = () => {
    joined?.leave();
    setJoined(undefined);
  };
  const mute = (kind: 'audio' | 'video') => {
    const isMuted = !muted[kind];
    joined?.setMuted(kind, isMuted);
    setMuted({ ...muted, [kind]: isMuted });
  };
  const publishers = publishersOf(participants);
  return (
    <div class="stageRoom">
      {refusal !== undefined && (
        <p class="refusal" role="alert">
          {refusal}
        </p>
      )}
      {joined === undefined ? (
        <button type="button" class="button primary" disabled={isBusy} onClick={() => void join()}>
          <Icon name="video" size={18} />
          {canPublish ? 'Join with camera and microphone' : 'Watch the stage'}
        </button>
      ) : (
        <>
          <ul class="stageTiles" aria-label="On stage">
            {publishers.map(participant => (
              <Tile key={participant.id} participant={participant} />
            ))}
          </ul>
          <p class="explained" role="status">
            {phases[phase] || (publishers.length === 0 ? 'Nobody is on stage yet.' : '')}
          </p>
          <div class="stageActs">
            {canPublish && (
              <>
                <button type="button" class="button" aria-pressed={muted.audio} onClick={() => mute('audio')}>
                  {muted.audio ? 'Turn on the microphone' : 'Turn off the microphone'}
                </button>
                <button type="button" class="button" aria-pressed={muted.video} onClick={() => mute('video')}>
                  {muted.video ? 'Turn on the camera' : 'Turn off the camera'}
                </button>
              </>
            )}
            <button type="button" class="button danger" onClick={leave}>
              Leave the stage
            </button>
          </div>
        </>
      )}
    </div>
  );
}

function Tile({ participant }: { readonly participant: Participant<MediaStreamTrack> }) {
  const { name, isLocal, video, audio } = participant;
  const element = useRef<HTMLVideoElement>(null);
  const [picture, sound] = [video?.mediaStreamTrack, audio?.mediaStreamTrack];
  useEffect(() => {
    if (element.current === null) return;
    const tracks = [picture, sound].filter(track => track !== undefined);
    element.current.srcObject = new MediaStream(tracks);
    void element.current.play().catch(() => undefined);
  }, [picture, sound]);
  return (
    <li class="stageTile">
      <video ref={element} playsInline muted={isLocal} hidden={video === undefined || video.isMuted} />
      <span class="stageName">
        <bdi>{name}</bdi>
        {isLocal && ' (you)'}
        {(audio === undefined || audio.isMuted) && ' · muted'}
      </span>
    </li>
  );
}

const openDevices = () =>
  navigator.mediaDevices.getUserMedia({
    audio: true,
    // The largest picture that a stage takes.
    video: { width: { max: 1280 }, height: { max: 720 } },
  });

/** Returns why the camera and the microphone cannot be used, or the SDK could not be loaded. */
function deviceRefusalOf(error: unknown): string {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError')
    return 'The browser does not allow this page to use the camera and the microphone. Allow it, then try again.';
  if (name === 'NotFoundError') return 'There is no camera or no microphone. Connect one, then try again.';
  if (name === 'NotReadableError') return 'Another app uses the camera. Close it, then try again.';
  return 'The stage could not be joined. Try again.';
}
