import type { Evidence } from '../model/evidence.ts';
import { present } from '../model/row.ts';
import type { Stream } from '../model/stream.ts';
import { addMs, latest, type Timestamp } from '../model/time.ts';

/**
 * When the session started, or undefined while nothing says that it has. IVS's own answer counts most; without it, the
 * first of Session Created, Stream Start, Recording Start and Recording End that was seen says when.
 */
export function startOf(evidence: Evidence): Timestamp | undefined {
  const { finding, sessionCreatedAt, streamStartedAt, recordingStart, recordingEnd } = evidence;
  const recordedAt =
    recordingStart?.at ??
    (recordingEnd === undefined ? undefined : addMs(recordingEnd.at, -(recordingEnd.durationMs ?? 0)));
  return finding?.startedAt ?? sessionCreatedAt ?? streamStartedAt ?? recordedAt;
}

/**
 * When the session's own events say that it was over; undefined when they do not. It can be before the start, when the
 * clocks that dated the events were wrong.
 *
 * An end that IVS disproved by streaming the session afterwards is none. A session that is known from its recording
 * alone is over with the recording.
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

/** Video is being processed, as far as the session's own events say. */
export function isPlaying(evidence: Evidence): boolean {
  return endOf(evidence) === undefined && evidence.playback?.playing === true;
}

/**
 * Where a session stands in its channel's order: it has not started; it is the newest; or the one that came
 * next started at `at`.
 */
export type Position = 'notStarted' | 'newest' | { readonly nextStartedAt: Timestamp };

/** The attributes of a session that follow from its own evidence and its position. */
export function placed(stream: Stream, position: Position): Stream {
  const { evidence } = stream;
  const startedAt = startOf(evidence);
  const end = endOf(evidence);
  const isOpen = position === 'newest' && end === undefined;
  const superseded = typeof position === 'object' ? position.nextStartedAt : undefined;
  return {
    ...stream,
    startedAt,
    // Whatever the clocks said, a session does not end before it starts.
    endedAt: end === undefined ? superseded : latest(startedAt, end),
    isOpen: isOpen ? present : undefined,
    isLive: isOpen && isPlaying(evidence),
  };
}

/** Only its recording says that the session started: the reconciler has yet to ask IVS for the rest. */
export function isIncomplete(evidence: Evidence): boolean {
  const { finding, sessionCreatedAt, streamStartedAt } = evidence;
  const isKnown = finding !== undefined || sessionCreatedAt !== undefined || streamStartedAt !== undefined;
  return !isKnown && startOf(evidence) !== undefined;
}

/** The attributes of a session that follow from its own evidence alone. */
export function described(stream: Stream): Stream {
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
 * The recording as the session shows it. One that was merged over reconnects is shown by the session that
 * carries it; the others say which that is, so that it is one VOD.
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

/** The session whose Recording End outranks this one's own, if another's took its recording in. */
function carrierOf({ recordingEnd, recordingMerges }: Evidence): string | undefined {
  const merges = Object.entries(recordingMerges ?? {}).sort(([, a], [, b]) => (a < b ? 1 : -1));
  const [best] = merges;
  if (best === undefined || (recordingEnd !== undefined && recordingEnd.rank > best[1])) return undefined;
  return best[0];
}
