import type { Evidence } from '../model/evidence.ts';
import { present, shardOf } from '../model/row.ts';
import type { Stream } from '../model/stream.ts';
import { addMs, latest, type Timestamp } from '../model/time.ts';

/**
 * Returns when the session started, or undefined if no evidence says that it has. IVS's own data has
 * priority. Without it, the first available of Session Created, Stream Start, Recording Start and Recording
 * End gives the time.
 */
export function startOf(evidence: Evidence): Timestamp | undefined {
  const { finding, sessionCreatedAt, streamStartedAt, recordingStart, recordingEnd } = evidence;
  const recordedAt =
    recordingStart?.at ??
    (recordingEnd === undefined ? undefined : addMs(recordingEnd.at, -(recordingEnd.durationMs ?? 0)));
  return finding?.startedAt ?? sessionCreatedAt ?? streamStartedAt ?? recordedAt;
}

/**
 * Returns when the session ended according to its own events, or undefined if they do not say. The end can be
 * before the start when the clocks of the events were wrong.
 *
 * An end is ignored if IVS streamed the session later. A session that is known only from its recording ends
 * with the recording.
 */
export function endOf(evidence: Evidence): Timestamp | undefined {
  const { sessionEndedAt, streamFailedAt, lastEndedAt, playback, streamedAt = '' } = evidence;
  const closing = playback?.playing === false ? playback.at : undefined;
  const [end] = [sessionEndedAt, streamFailedAt, lastEndedAt, closing]
    .filter(at => at !== undefined)
    .filter(at => at > streamedAt)
    .sort();
  if (end !== undefined || playback !== undefined || evidence.sessionCreatedAt !== undefined) return end;
  return evidence.recordingEnd?.at;
}

/** Returns whether the session's own events say that it is playing. */
export function isPlaying(evidence: Evidence): boolean {
  return endOf(evidence) === undefined && evidence.playback?.playing === true;
}

/**
 * The position of a session in its channel's order: it has not started, it is the newest, or the next session
 * started at `nextStartedAt`.
 */
export type Position = 'notStarted' | 'newest' | { readonly nextStartedAt: Timestamp };

/** Sets the attributes of a session that follow from its evidence and its position. */
export function withPosition(stream: Stream, position: Position): Stream {
  const { evidence } = stream;
  const startedAt = startOf(evidence);
  const end = endOf(evidence);
  const isOpen = position === 'newest' && end === undefined;
  const superseded = typeof position === 'object' ? position.nextStartedAt : undefined;
  return {
    ...stream,
    startedAt,
    // A wrong clock must not make a session end before it starts.
    endedAt: end === undefined ? superseded : latest(startedAt, end),
    isOpen: isOpen ? shardOf(present, stream.channelId) : undefined,
    isLive: isOpen && isPlaying(evidence),
  };
}

/**
 * Returns whether only the recording shows that the session started. The reconciler asks IVS for the rest.
 */
export function isIncomplete(evidence: Evidence): boolean {
  const { finding, sessionCreatedAt, streamStartedAt } = evidence;
  const isKnown = finding !== undefined || sessionCreatedAt !== undefined || streamStartedAt !== undefined;
  return !isKnown && startOf(evidence) !== undefined;
}

/** Sets the attributes of a session that follow from its evidence alone. */
export function withDerivedAttributes(stream: Stream): Stream {
  const { evidence } = stream;
  return {
    ...stream,
    isIncomplete: isIncomplete(evidence) ? present : undefined,
    isHealthy: evidence.health?.healthy !== false,
    hasErrorEvent: evidence.hasErrorEvent === true,
    ...recordingOf(evidence),
  };
}

type Recording = Pick<
  Stream,
  | 'recordingStatus'
  | 'recordingStartedAt'
  | 'recordingEndedAt'
  | 'recordingDurationMs'
  | 'recordingPath'
  | 'recordingFailureReason'
  | 'recordingStreamId'
  | 'vodStartedAt'
>;

const noRecording: Recording = {
  recordingStatus: undefined,
  recordingStartedAt: undefined,
  recordingEndedAt: undefined,
  recordingDurationMs: undefined,
  recordingPath: undefined,
  recordingFailureReason: undefined,
  recordingStreamId: undefined,
  vodStartedAt: undefined,
};

/**
 * Returns the recording attributes of a session. A recording merged across reconnects belongs to one session,
 * the carrier. The other sessions refer to the carrier, so that the recording is one VOD.
 */
function recordingOf(evidence: Evidence): Recording {
  const { recordingStart: start, recordingEnd: end, recordingFailure: failure } = evidence;
  const carrier = carrierOf(evidence);
  if (carrier !== undefined) return { ...noRecording, recordingStreamId: carrier };
  const starts = [start?.at, evidence.mergedRecordingStartAt].filter(at => at !== undefined).sort();
  const recording = {
    ...noRecording,
    recordingStartedAt: starts[0],
    recordingEndedAt: end === undefined ? undefined : latest(starts[0], end.at),
    recordingDurationMs: end?.durationMs,
    recordingPath: end?.path || start?.path || undefined,
  };
  const failedLast = failure !== undefined && (end === undefined || failure.at > end.at);
  if (failedLast) return { ...recording, recordingStatus: 'failed', recordingFailureReason: failure.reason };
  if (end !== undefined) {
    const isWatchable = recording.recordingPath !== undefined;
    return {
      ...recording,
      recordingStatus: 'ended',
      vodStartedAt: isWatchable ? startOf(evidence) : undefined,
    };
  }
  return start === undefined ? recording : { ...recording, recordingStatus: 'recording' };
}

/**
 * Returns the id of the session that merged this one's recording, if its Recording End has a higher rank than
 * this session's own.
 */
function carrierOf({ recordingEnd, recordingMerges }: Evidence): string | undefined {
  const merges = Object.entries(recordingMerges ?? {}).sort(([, a], [, b]) => (a < b ? 1 : -1));
  const [best] = merges;
  if (best === undefined || (recordingEnd !== undefined && recordingEnd.rank > best[1])) return undefined;
  return best[0];
}
