import type { Envelope } from './ivsEvents.ts';

/**
 * The state of a channel after a set of events, computed from the whole set at once, without regard to cost
 * and order. It shares no code with the fold, and the two must agree.
 */
export interface OracleState {
  readonly isLive: boolean;
  readonly newest: string | undefined;
  readonly open: string | undefined;
  /** The path of the recording that is being made of the open session. */
  readonly preview: string | undefined;
  readonly sessions: Readonly<Record<string, OracleSession>>;
}

export interface OracleSession {
  readonly startedAt: string | undefined;
  readonly endedAt: string | undefined;
  readonly isOpen: boolean;
  readonly isLive: boolean;
  readonly isHealthy: boolean;
  readonly hasErrorEvent: boolean;
  readonly recordingStatus: string | undefined;
  readonly recordingStartedAt: string | undefined;
  readonly recordingEndedAt: string | undefined;
  readonly recordingDurationMs: number | undefined;
  readonly recordingPath: string | undefined;
  readonly recordingStreamId: string | undefined;
  readonly vodStartedAt: string | undefined;
}

/** What the reconciler learned from IVS about a session at `at`. */
export interface OracleFinding {
  readonly streamId: string;
  readonly at: string;
  readonly startedAt: string;
  readonly isStreaming: boolean;
}

export function oracle(delivered: readonly Envelope[], findings: readonly OracleFinding[] = []): OracleState {
  const events = [...new Map(delivered.map(event => [event.id, event])).values()];
  const ids = [
    ...new Set([
      ...events.flatMap(event => [streamOf(event), ...(idsOf(event) ?? [])]),
      ...findings.map(finding => finding.streamId),
    ]),
  ];
  const found = (id: string) => findings.filter(finding => finding.streamId === id);

  const started = ids
    .flatMap(id => {
      const at = startedAt(events, found(id), id);
      return at === undefined ? [] : [{ id, at }];
    })
    .sort((a, b) => compare([a.at, a.id], [b.at, b.id]));
  const newest = started.at(-1)?.id;
  const open =
    newest !== undefined && ownEnd(events, found(newest), newest) === undefined ? newest : undefined;
  const sessions = Object.fromEntries(
    ids.map(id => {
      const index = started.findIndex(session => session.id === id);
      const next = index === -1 ? undefined : started[index + 1]?.at;
      const startsAt = started[index]?.at;
      const end = ownEnd(events, found(id), id) ?? next;
      const isLive = id === open && lastPlayback(events, found(id), id)?.name === 'Stream Start';
      const recorded = recording(events, id);
      const isVod = recorded.recordingStatus === 'ended' && recorded.recordingPath !== undefined;
      const session: OracleSession = {
        startedAt: startsAt,
        endedAt: end !== undefined && startsAt !== undefined && end < startsAt ? startsAt : end,
        isOpen: id === open,
        isLive,
        isHealthy: isHealthy(events, id),
        hasErrorEvent: events.some(event => streamOf(event) === id && isError(event)),
        ...recorded,
        vodStartedAt: isVod ? startsAt : undefined,
      };
      return [id, session];
    }),
  );
  const isLive = open !== undefined && sessions[open]?.isLive === true;
  const shown = open === undefined ? undefined : sessions[open];
  const preview = shown?.recordingStatus === 'recording' ? shown.recordingPath : undefined;
  return { isLive, newest, open, preview, sessions };
}

const streamOf = (event: Envelope) => String(event.detail['stream_id']);
const nameOf = (event: Envelope) =>
  String(event.detail['event_name'] ?? event.detail['recording_status'] ?? '');
const timeOf = (event: Envelope) => new Date(event.time).toISOString();
const idsOf = (event: Envelope) => event.detail['recording_session_stream_ids'] as string[] | undefined;

const named = (events: readonly Envelope[], id: string, ...names: string[]) =>
  events.filter(event => streamOf(event) === id && names.includes(nameOf(event)));
const times = (events: readonly Envelope[]) => events.map(timeOf).sort();

function startedAt(
  events: readonly Envelope[],
  findings: readonly OracleFinding[],
  id: string,
): string | undefined {
  const rank = ({ at, isStreaming, startedAt }: OracleFinding) => [at, isStreaming ? '1' : '0', startedAt];
  const latest = [...findings].sort((a, b) => compare(rank(a), rank(b))).at(-1);
  const recordingEnd = ownRecordingEnd(events, id);
  return (
    latest?.startedAt ??
    times(named(events, id, 'Session Created'))[0] ??
    times(named(events, id, 'Stream Start'))[0] ??
    times(named(events, id, 'Recording Start'))[0] ??
    (recordingEnd === undefined ? undefined : lessDuration(recordingEnd))
  );
}

function lessDuration(recordingEnd: Envelope): string {
  const durationMs = Number(recordingEnd.detail['recording_duration_ms'] ?? 0);
  return new Date(Date.parse(recordingEnd.time) - durationMs).toISOString();
}

/** The latest Stream Start or Stream End. A session that the reconciler saw streaming counts as started. */
function lastPlayback(events: readonly Envelope[], findings: readonly OracleFinding[], id: string) {
  const told = named(events, id, 'Stream Start', 'Stream End');
  const streamed = findings.filter(({ isStreaming }) => isStreaming);
  const rank = ({ at, name }: { at: string; name: string }) => [at, name === 'Stream End' ? '1' : '0'];
  return [
    ...told.map(event => ({ at: timeOf(event), name: nameOf(event) })),
    ...streamed.map(({ at }) => ({ at, name: 'Stream Start' })),
  ]
    .sort((a, b) => compare(rank(a), rank(b)))
    .at(-1);
}

function ownEnd(
  events: readonly Envelope[],
  findings: readonly OracleFinding[],
  id: string,
): string | undefined {
  const last = lastPlayback(events, findings, id);
  const closing = last?.name === 'Stream End' ? [last.at] : [];
  const ended = times(named(events, id, 'Session Ended'));
  const failed = times(named(events, id, 'Stream Failure'));
  const latest = [...ended, ...failed].sort().slice(-1);
  const streamedAt = findings
    .flatMap(({ at, isStreaming }) => (isStreaming ? [at] : []))
    .sort()
    .at(-1);
  // IVS still streamed the session after this end, so the end does not count.
  const ends = [...ended.slice(0, 1), ...failed.slice(0, 1), ...latest, ...closing].filter(
    at => streamedAt === undefined || at > streamedAt,
  );
  const isKnownFromRecordingAlone = last === undefined && named(events, id, 'Session Created').length === 0;
  const recordingEnd = ownRecordingEnd(events, id);
  if (ends.length === 0 && isKnownFromRecordingAlone && recordingEnd !== undefined)
    return timeOf(recordingEnd);
  return ends.sort()[0];
}

function isHealthy(events: readonly Envelope[], id: string): boolean {
  const rank = (event: Envelope) => [timeOf(event), nameOf(event) === 'Starvation End' ? '1' : '0'];
  const last = named(events, id, 'Starvation Start', 'Starvation End')
    .sort((a, b) => compare(rank(a), rank(b)))
    .at(-1);
  return last === undefined || nameOf(last) === 'Starvation End';
}

function isError(event: Envelope): boolean {
  return event['detail-type'] === 'IVS Limit Breach' || nameOf(event).endsWith('Failure');
}

const pathOf = (event: Envelope | undefined) =>
  (event?.detail['recording_s3_key_prefix'] as string) || undefined;

const takes = (event: Envelope) => [...(idsOf(event) ?? []), streamOf(event)];

/** Of several Recording Ends, the one that counts. */
function latestEnd(ends: readonly Envelope[]): Envelope | undefined {
  const rank = (event: Envelope) => [
    timeOf(event),
    String(takes(event).indexOf(streamOf(event))).padStart(5, '0'),
    streamOf(event),
    String(event.detail['recording_duration_ms']).padStart(15, '0'),
    pathOf(event) ?? '',
  ];
  return [...ends].sort((a, b) => compare(rank(a), rank(b))).at(-1);
}

const ownRecordingEnd = (events: readonly Envelope[], id: string) =>
  latestEnd(named(events, id, 'Recording End'));

function recording(events: readonly Envelope[], id: string) {
  const none = {
    recordingStatus: undefined,
    recordingStartedAt: undefined,
    recordingEndedAt: undefined,
    recordingDurationMs: undefined,
    recordingPath: undefined,
    recordingStreamId: undefined,
  };
  const ends = events.filter(event => nameOf(event) === 'Recording End');
  const end = latestEnd(ends.filter(event => takes(event).includes(id)));
  if (end !== undefined && streamOf(end) !== id) return { ...none, recordingStreamId: streamOf(end) };
  const merged = new Set(ends.filter(event => streamOf(event) === id).flatMap(takes));
  const starts = (of: (session: string) => boolean) =>
    events
      .filter(event => nameOf(event) === 'Recording Start' && of(streamOf(event)))
      .sort((a, b) => compare([timeOf(a), pathOf(a) ?? ''], [timeOf(b), pathOf(b) ?? '']));
  const [own] = starts(session => session === id);
  const [first] = starts(session => session === id || merged.has(session));
  const failedAt = times(named(events, id, 'Recording Start Failure', 'Recording End Failure')).at(-1);
  const failed = failedAt !== undefined && (end === undefined || failedAt > timeOf(end));
  return {
    ...none,
    recordingStatus: failed
      ? 'failed'
      : end !== undefined
        ? 'ended'
        : own !== undefined
          ? 'recording'
          : undefined,
    recordingStartedAt: first === undefined ? undefined : timeOf(first),
    recordingEndedAt:
      end === undefined ? undefined : times([end, ...(first === undefined ? [] : [first])]).at(-1),
    recordingDurationMs: end?.detail['recording_duration_ms'] as number | undefined,
    recordingPath: pathOf(end) ?? pathOf(own),
  };
}

/**
 * Every way in which a state is impossible, or an empty list. In a possible state:
 * - at most one session is open, it is the channel's newest, and only it is live
 * - the channel is live if and only if its open session is
 * - a session does not end before it starts, and neither does a recording; no duration is negative
 * - a session that has started is either open or has an end
 */
export function impossibilities({ isLive, newest, open, sessions }: OracleState): string[] {
  const all = Object.entries(sessions);
  const allOpen = all.flatMap(([id, session]) => (session.isOpen ? [id] : []));
  const isBefore = (end: string | undefined, start: string | undefined) =>
    end !== undefined && start !== undefined && end < start;
  const ofChannel = [
    allOpen.length > 1 && `${allOpen.join(' and ')} are open`,
    allOpen[0] !== open && `${allOpen[0]} is open, and the channel names ${open}`,
    open !== undefined && open !== newest && `${open} is open, and ${newest} is the newest`,
    isLive !== (open !== undefined && sessions[open]?.isLive === true) && 'the channel is not as its session',
  ];
  const ofSessions = all.flatMap(([id, session]) => [
    session.isLive && !session.isOpen && `${id} is live and not open`,
    isBefore(session.endedAt, session.startedAt) && `${id} ends before it starts`,
    isBefore(session.recordingEndedAt, session.recordingStartedAt) && `the recording of ${id} ends first`,
    (session.recordingDurationMs ?? 0) < 0 && `the recording of ${id} has a negative duration`,
    session.startedAt !== undefined &&
      session.isOpen === (session.endedAt !== undefined) &&
      `${id} is ${session.isOpen ? 'open and ended' : 'neither open nor ended'}`,
  ]);
  return [...ofChannel, ...ofSessions].filter(fault => fault !== false);
}

function compare(a: readonly string[], b: readonly string[]): number {
  const index = a.findIndex((part, at) => part !== b[at]);
  if (index === -1) return 0;
  return (a[index] ?? '') < (b[index] ?? '') ? -1 : 1;
}
