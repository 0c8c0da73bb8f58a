import type { Envelope } from './ivsEvents.ts';

/**
 * What a channel's state is after a set of events, worked out from the whole set at once, with no thought for
 * cost or order. It shares no code with the fold: the two have to agree.
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

export function oracle(delivered: readonly Envelope[]): OracleState {
  const events = [...new Map(delivered.map(event => [event.id, event])).values()];
  const ids = [...new Set(events.flatMap(event => [streamOf(event), ...(idsOf(event) ?? [])]))];

  const started = ids
    .flatMap(id => {
      const at = startedAt(events, id);
      return at === undefined ? [] : [{ id, at }];
    })
    .sort((a, b) => compare([a.at, a.id], [b.at, b.id]));
  const newest = started.at(-1)?.id;
  const open = newest !== undefined && ownEnd(events, newest) === undefined ? newest : undefined;
  const sessions = Object.fromEntries(
    ids.map(id => {
      const index = started.findIndex(session => session.id === id);
      const next = index === -1 ? undefined : started[index + 1]?.at;
      const isLive = id === open && lastPlayback(events, id)?.detail['event_name'] === 'Stream Start';
      const recorded = recording(events, id);
      const isVod = recorded.recordingStatus === 'ended' && recorded.recordingPath !== undefined;
      const session: OracleSession = {
        startedAt: started[index]?.at,
        endedAt: ownEnd(events, id) ?? next,
        isOpen: id === open,
        isLive,
        isHealthy: isHealthy(events, id),
        hasErrorEvent: events.some(event => streamOf(event) === id && isError(event)),
        ...recorded,
        vodStartedAt: isVod ? started[index]?.at : undefined,
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

function startedAt(events: readonly Envelope[], id: string): string | undefined {
  return times(named(events, id, 'Session Created'))[0] ?? times(named(events, id, 'Stream Start'))[0];
}

function lastPlayback(events: readonly Envelope[], id: string): Envelope | undefined {
  const rank = (event: Envelope) => [timeOf(event), nameOf(event) === 'Stream End' ? '1' : '0'];
  return named(events, id, 'Stream Start', 'Stream End')
    .sort((a, b) => compare(rank(a), rank(b)))
    .at(-1);
}

function ownEnd(events: readonly Envelope[], id: string): string | undefined {
  const last = lastPlayback(events, id);
  const closing = last !== undefined && nameOf(last) === 'Stream End' ? [last] : [];
  return times([...named(events, id, 'Session Ended', 'Stream Failure'), ...closing])[0];
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

function recording(events: readonly Envelope[], id: string) {
  const none = {
    recordingStatus: undefined,
    recordingStartedAt: undefined,
    recordingEndedAt: undefined,
    recordingDurationMs: undefined,
    recordingPath: undefined,
    recordingStreamId: undefined,
  };
  const takes = (event: Envelope) => [...(idsOf(event) ?? []), streamOf(event)];
  const ends = events.filter(event => nameOf(event) === 'Recording End');
  const rank = (event: Envelope) => [
    timeOf(event),
    String(takes(event).indexOf(streamOf(event))).padStart(5, '0'),
    streamOf(event),
    String(event.detail['recording_duration_ms']).padStart(15, '0'),
    pathOf(event) ?? '',
  ];
  const end = ends
    .filter(event => takes(event).includes(id))
    .sort((a, b) => compare(rank(a), rank(b)))
    .at(-1);
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
    recordingEndedAt: end === undefined ? undefined : timeOf(end),
    recordingDurationMs: end?.detail['recording_duration_ms'] as number | undefined,
    recordingPath: pathOf(end) ?? pathOf(own),
  };
}

function compare(a: readonly string[], b: readonly string[]): number {
  const index = a.findIndex((part, at) => part !== b[at]);
  if (index === -1) return 0;
  return (a[index] ?? '') < (b[index] ?? '') ? -1 : 1;
}
