import type { Channel } from '../model/channel.ts';
import type { Evidence } from '../model/evidence.ts';
import { present, shardOf } from '../model/row.ts';
import { type Stream, vodKeys } from '../model/stream.ts';
import type { StreamEvent } from '../model/streamEvent.ts';
import type { ViewerMinute } from '../model/viewerMinute.ts';
import type { Identity } from './identity.ts';
import { momentsOf, recordedMs, recordingPath } from './moments.ts';
import type { Session } from './session.ts';

/** The attributes of a stream's row that are derived from its events. */
type StreamState = Omit<
  Stream,
  | 'channelId'
  | 'id'
  | 'channelArn'
  | 'username'
  | 'playbackUrl'
  | 'title'
  | 'categoryId'
  | 'vodShard'
  | 'vodCategoryId'
  | 'createdAt'
  | 'updatedAt'
>;

/** The channel of a stream, with the title and the category of the stream. */
export type StreamSubject = Pick<Channel, 'arn' | 'username' | 'playbackUrl' | 'title' | 'categoryId'>;

/** Returns the row of a stream in the state after `events`. */
export function streamRowOf(
  who: Identity,
  { arn, username, playbackUrl, title, categoryId }: StreamSubject,
  session: Session,
  minutes: readonly ViewerMinute[],
  events: readonly StreamEvent[],
): Stream {
  return {
    channelId: who.channelId,
    id: who.streamId,
    channelArn: arn,
    username,
    playbackUrl,
    title,
    categoryId,
    ...vodKeys({ channelId: who.channelId, categoryId }),
    ...streamStateOf(who, session),
    ...audienceOf(minutes, session),
    createdAt: session.startedAt,
    updatedAt: events.at(-1)?.time ?? session.startedAt,
  };
}

/** Returns the numbers of a stream's viewers: those of its peak have joined, and one of ten in each minute is new. */
function audienceOf(
  minutes: readonly ViewerMinute[],
  session: Session,
): Pick<Stream, 'peakViewers' | 'views' | 'recordingViews'> {
  const viewers = minutes.map(minute => minute.viewers);
  const peakViewers = Math.max(...viewers);
  const views = peakViewers + Math.round(viewers.reduce((sum, count) => sum + count, 0) / 10);
  const isRecording = session.isRecorded && session.endedAt !== undefined;
  return {
    peakViewers,
    views,
    ...(isRecording ? { recordingViews: Math.round(views / 4) } : {}),
  };
}

/** Returns the fold's result for the events of `timelineOf`: a replayed event changes no seeded stream. */
function streamStateOf(who: Identity, session: Session): StreamState {
  const { startedAt, endedAt, isHealthy, hasErrorEvent } = session;
  const isLive = endedAt === undefined;
  return {
    startedAt,
    ...(isLive ? { isOpen: shardOf(present, who.channelId) } : { endedAt }),
    isLive,
    isHealthy,
    hasErrorEvent,
    ...recordingOf(who, session),
    evidence: evidenceOf(who, session),
    version: 1,
  };
}

function recordingOf(who: Identity, session: Session) {
  if (!session.isRecorded) return {};
  const at = momentsOf(session);
  const started = { recordingStartedAt: at.recording, recordingPath: recordingPath(who, session) };
  if (session.endedAt === undefined) return { ...started, recordingStatus: 'recording' } as const;
  return {
    ...started,
    vodStartedAt: session.startedAt,
    recordingStatus: 'ended',
    recordingEndedAt: at.recorded,
    recordingDurationMs: recordedMs(session),
  } as const;
}

function evidenceOf(who: Identity, session: Session): Evidence {
  const at = momentsOf(session);
  const isOver = session.endedAt !== undefined;
  return {
    sessionCreatedAt: at.created,
    streamStartedAt: at.playing,
    playback: isOver ? { at: at.stopped, playing: false } : { at: at.playing, playing: true },
    ...(isOver ? { sessionEndedAt: session.endedAt, lastEndedAt: session.endedAt } : {}),
    ...healthEvidence(session),
    ...(session.hasErrorEvent ? { hasErrorEvent: true as const } : {}),
    ...recordingEvidence(who, session),
  };
}

function healthEvidence(session: Session): Pick<Evidence, 'health'> {
  const at = momentsOf(session);
  if (!session.isHealthy) return { health: { at: at.starving, healthy: false } };
  return session.hadHiccup ? { health: { at: at.recovered, healthy: true } } : {};
}

function recordingEvidence(
  who: Identity,
  session: Session,
): Pick<Evidence, 'recordingStart' | 'recordingEnd'> {
  if (!session.isRecorded) return {};
  const at = momentsOf(session);
  const path = recordingPath(who, session);
  const recordingStart = { at: at.recording, path };
  if (session.endedAt === undefined) return { recordingStart };
  // The fold ranks the Ends of one recording by time, then by place in the list of merged sessions: 0.
  const rank = `${at.recorded}#00000#${who.streamId}`;
  return { recordingStart, recordingEnd: { rank, at: at.recorded, path, durationMs: recordedMs(session) } };
}
