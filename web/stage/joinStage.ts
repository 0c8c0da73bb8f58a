import {
  LocalStageStream,
  Stage,
  StageConnectionState,
  StageEvents,
  StageLeftReason,
  type StageStream,
  SubscribeType,
} from 'amazon-ivs-web-broadcast';
import { type ConnectionPhase, keepConnected } from '../chat/reconnection.ts';
import { api, bodyOf } from '../data/api.ts';
import { ProblemError } from '../data/problems.ts';
import { afterChange, type Participants, type StageChange } from './participants.ts';

type Track = MediaStreamTrack;

export interface JoinOptions {
  /** The host. */
  readonly username: string;
  /** The camera and the microphone. Undefined to watch only. */
  readonly media: MediaStream | undefined;
  readonly onPhase: (phase: ConnectionPhase) => void;
  readonly onParticipants: (participants: Participants<Track>) => void;
  /** The host has disconnected the user, the stage is gone, or the user joined with another page. */
  readonly onRemoved: () => void;
}

export interface JoinedStage {
  setMuted(kind: 'audio' | 'video', isMuted: boolean): void;
  leave(): void;
}

const finalReasons: ReadonlySet<StageLeftReason> = new Set([
  StageLeftReason.PARTICIPANT_DISCONNECTED,
  StageLeftReason.STAGE_DELETED,
  StageLeftReason.TOKEN_REUSED,
]);

/** Joins a stage, and stays on it. A token can be used to join for some minutes only, so each attempt gets a new one. */
export function joinStage(options: JoinOptions): JoinedStage {
  const { username, media, onPhase, onParticipants, onRemoved } = options;
  const streams = media?.getTracks().map(track => new LocalStageStream(track)) ?? [];

  const connection = keepConnected<Stage>({
    open: async ({ opened, interrupted, lost }) => {
      const params = { path: { username } };
      const { token, capabilities } = await bodyOf(api.POST('/v1/stages/{username}/tokens', { params }));
      const publishes = capabilities.includes('PUBLISH') && streams.length > 0;
      const stage = new Stage(token, {
        stageStreamsToPublish: () => streams,
        shouldPublishParticipant: () => publishes,
        shouldSubscribeToParticipant: () => SubscribeType.AUDIO_VIDEO,
      });
      let participants: Participants<Track> = new Map();
      const change = (told: StageChange<Track>) => {
        participants = afterChange(participants, told);
        onParticipants(participants);
      };
      onParticipants(participants);
      stage.on(StageEvents.STAGE_PARTICIPANT_JOINED, info => change({ kind: 'joined', info }));
      stage.on(StageEvents.STAGE_PARTICIPANT_LEFT, info => change({ kind: 'left', info }));
      stage.on(StageEvents.STAGE_PARTICIPANT_STREAMS_ADDED, (info, added: readonly StageStream[]) =>
        change({ kind: 'added', info, streams: added }),
      );
      stage.on(StageEvents.STAGE_PARTICIPANT_STREAMS_REMOVED, (info, removed: readonly StageStream[]) =>
        change({ kind: 'removed', info, streams: removed }),
      );
      stage.on(StageEvents.STAGE_STREAM_MUTE_CHANGED, (info, stream: StageStream) =>
        change({ kind: 'changed', info, streams: [stream] }),
      );
      stage.on(StageEvents.STAGE_CONNECTION_STATE_CHANGED, state => {
        if (state === StageConnectionState.CONNECTED) opened();
        else if (state === StageConnectionState.CONNECTING) interrupted();
        else lost();
      });
      stage.on(StageEvents.STAGE_LEFT, reason => {
        if (!finalReasons.has(reason)) return;
        connection.stop();
        onRemoved();
      });
      try {
        await stage.join();
      } catch (error) {
        stage.leave();
        throw error;
      }
      return stage;
    },
    close: stage => stage.leave(),
    onPhase,
    isUnavailable: error => error instanceof ProblemError && [404, 409].includes(error.problem.status),
    random: Math.random,
  });

  return {
    setMuted: (kind, isMuted) => {
      for (const stream of streams) if (stream.mediaStreamTrack.kind === kind) stream.setMuted(isMuted);
    },
    leave: () => {
      connection.stop();
      for (const track of media?.getTracks() ?? []) track.stop();
    },
  };
}
