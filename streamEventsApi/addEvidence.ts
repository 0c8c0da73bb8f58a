import type { Evidence } from '../model/evidence.ts';
import type { FindingEvent, RecordingEvent, SessionEvent } from '../model/ivsEvent.ts';
import { earliest, latest, type Timestamp } from '../model/time.ts';

/**
 * Adds one event to the evidence of the session it names.
 *
 * The operation is a join: commutative, associative and idempotent, so the evidence is a function of the set
 * of events. An unknown event name is in the timeline, but changes no evidence.
 */
export function addEvidence(known: Evidence, event: SessionEvent): Evidence {
  switch (event.kind) {
    case 'streamState':
      return addState(known, event.name, event.time);
    case 'streamHealth':
      return addHealth(known, event.name, event.time);
    case 'streamLimit':
      return { ...known, hasErrorEvent: true };
    case 'recording':
      return addRecording(known, event);
    case 'finding':
      return addFinding(known, event);
  }
}

function addState(known: Evidence, name: string, at: Timestamp): Evidence {
  switch (name) {
    case 'Session Created':
      return { ...known, sessionCreatedAt: earliest(known.sessionCreatedAt, at) };
    case 'Session Ended':
      return {
        ...known,
        sessionEndedAt: earliest(known.sessionEndedAt, at),
        lastEndedAt: latest(known.lastEndedAt, at),
      };
    case 'Stream Start':
      return { ...play(known, at, true), streamStartedAt: earliest(known.streamStartedAt, at) };
    case 'Stream End':
      return play(known, at, false);
    case 'Stream Failure':
      return {
        ...known,
        streamFailedAt: earliest(known.streamFailedAt, at),
        lastEndedAt: latest(known.lastEndedAt, at),
        hasErrorEvent: true,
      };
    case 'Stream Takeover Failure':
      return { ...known, hasErrorEvent: true };
    default:
      return known;
  }
}

// IVS reports these times in whole seconds, so a Start and an End can have the same time. Then the session
// counts as stopped. If it has not, the reconciler finds it live.
function play(known: Evidence, at: Timestamp, playing: boolean): Evidence {
  const last = known.playback;
  const isLater = last === undefined || at > last.at || (at === last.at && !playing);
  return isLater ? { ...known, playback: { at, playing } } : known;
}

/**
 * For equal times, a finding that IVS streamed the session wins, and then the finding with the later start.
 */
function addFinding(known: Evidence, { time: at, isStreaming, startedAt }: FindingEvent): Evidence {
  const finding = { at, isStreaming, startedAt };
  const order = (one: typeof finding) => [one.at, one.isStreaming ? '1' : '0', one.startedAt].join('#');
  const isLatest = known.finding === undefined || order(finding) > order(known.finding);
  const learned = isLatest ? { ...known, finding } : known;
  return isStreaming ? { ...play(learned, at, true), streamedAt: latest(known.streamedAt, at) } : learned;
}

function addHealth(known: Evidence, name: string, at: Timestamp): Evidence {
  if (name !== 'Starvation Start' && name !== 'Starvation End') return known;
  const healthy = name === 'Starvation End';
  const last = known.health;
  const isLater = last === undefined || at > last.at || (at === last.at && healthy);
  return isLater ? { ...known, health: { at, healthy } } : known;
}

function addRecording(known: Evidence, event: RecordingEvent): Evidence {
  switch (event.name) {
    case 'Recording Start':
      return {
        ...known,
        recordingStart: earlierStart(known.recordingStart, { at: event.time, path: event.path ?? '' }),
      };
    case 'Recording End': {
      const end = {
        rank: recordingRank(event),
        at: event.time,
        path: event.path ?? '',
        ...(event.durationMs === undefined ? {} : { durationMs: event.durationMs }),
      };
      return { ...known, recordingEnd: laterEnd(known.recordingEnd, end) };
    }
    case 'Recording Start Failure':
    case 'Recording End Failure': {
      const failure = { at: event.time, status: event.name, reason: event.reason ?? '' };
      return {
        ...known,
        recordingFailure: laterFailure(known.recordingFailure, failure),
        hasErrorEvent: true,
      };
    }
    default:
      return known;
  }
}

/**
 * Adds to a session's evidence that another session's Recording End merged its recording. Both are then one
 * recording, which belongs to the session whose Recording End has the highest rank.
 */
export function addMerge(known: Evidence, event: RecordingEvent): Evidence {
  const rank = recordingRank(event);
  const before = known.recordingMerges?.[event.streamId];
  if (before !== undefined && before >= rank) return known;
  return { ...known, recordingMerges: { ...known.recordingMerges, [event.streamId]: rank } };
}

/** Adds to the carrier's evidence the time at which a merged session began to record. */
export function addMergedStart(carrier: Evidence, merged: Evidence): Evidence {
  const at = merged.recordingStart?.at;
  if (at === undefined) return carrier;
  return { ...carrier, mergedRecordingStartAt: earliest(carrier.mergedRecordingStartAt, at) };
}

/**
 * Returns the sort key of a Recording End. The later one has the higher rank. For equal times, the session
 * that joined the recording later has the higher rank. The ranks of two sessions are never equal.
 */
function recordingRank(event: RecordingEvent): string {
  const position = event.mergedStreamIds.indexOf(event.streamId);
  return [event.time, String(position).padStart(5, '0'), event.streamId].join('#');
}

// Ties below are broken by the other fields of the event, so that the result does not depend on the order of
// events.

type Start = NonNullable<Evidence['recordingStart']>;
function earlierStart(known: Start | undefined, start: Start): Start {
  if (known === undefined) return start;
  return [start.at, start.path].join('#') < [known.at, known.path].join('#') ? start : known;
}

type End = NonNullable<Evidence['recordingEnd']>;
function laterEnd(known: End | undefined, end: End): End {
  if (known === undefined) return end;
  if (end.rank !== known.rank) return end.rank > known.rank ? end : known;
  const [a, b] = [end.durationMs ?? -1, known.durationMs ?? -1];
  if (a !== b) return a > b ? end : known;
  return end.path > known.path ? end : known;
}

type Failure = NonNullable<Evidence['recordingFailure']>;
function laterFailure(known: Failure | undefined, failure: Failure): Failure {
  if (known === undefined) return failure;
  const order = ({ at, status, reason }: Failure) => [at, status, reason].join('#');
  return order(failure) > order(known) ? failure : known;
}
