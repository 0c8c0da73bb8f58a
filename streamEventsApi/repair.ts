import { type IvsArn, parseIvsArn } from '../model/arn.ts';
import type { Evidence } from '../model/evidence.ts';
import { CLOCK_TOLERANCE_MS, type FindingEvent, type SessionEvent } from '../model/ivsEvent.ts';
import { addMs, latest, type Timestamp } from '../model/time.ts';
import { addEvidence } from './addEvidence.ts';
import type { IvsSession } from './ivsSessions.ts';

/** Identifies a session at IVS and in the tables. */
export interface SessionName {
  readonly channelArn: string;
  readonly streamId: string;
}

/**
 * Returns the missed events of a session that IVS no longer streams.
 *
 * @param session The session as IVS stores it. If it is undefined, the session ends at `now`. If its real
 *   Session Ended arrives later, the earlier time wins.
 */
export function missedEventsOfEndedSession(
  name: SessionName,
  known: Evidence,
  session: IvsSession | undefined,
  now: Timestamp,
): SessionEvent[] {
  // IVS still has the session open, for example between Session Created and Stream Start.
  if (session !== undefined && session.endedAt === undefined) return [];
  const at = notInFuture(session?.endedAt, now);
  // IVS streamed the session at `streamedAt`, so it ended later. IVS's list or its end time was outdated.
  const after = known.streamedAt === undefined ? at : latest(addMs(known.streamedAt, 1), at);
  return missed(name, known, session, [{ name: 'Session Ended', at: after }], now);
}

/** Returns the missed events of a session that is known only from its recording. */
export function missedEventsOfRecording(
  name: SessionName,
  known: Evidence,
  session: IvsSession | undefined,
  now: Timestamp,
): SessionEvent[] {
  return session?.endedAt === undefined
    ? missed(name, known, session, [], now)
    : missedEventsOfEndedSession(name, known, session, now);
}

/** Returns IVS's time, or `now` if the time is missing or in the future. */
function notInFuture(at: Timestamp | undefined, now: Timestamp): Timestamp {
  return at === undefined || at > now ? now : at;
}

/**
 * Returns the missed events of a session that IVS streams now: at least a Stream Start that no Stream End
 * follows.
 *
 * @param startedAt The start time in IVS's list.
 */
export function missedEventsOfLiveSession(
  name: SessionName,
  known: Evidence,
  session: IvsSession | undefined,
  startedAt: Timestamp | undefined,
  now: Timestamp,
): SessionEvent[] {
  // The session was live when the list was read, and has ended since.
  if (session?.endedAt !== undefined) return missedEventsOfEndedSession(name, known, session, now);
  const heard = missed(name, known, session, [], now);
  const then = heard.reduce(addEvidence, known);
  if (then.playback?.playing) return heard;
  // A Stream End was seen, but IVS streams the session: it has started again.
  const at = then.playback === undefined ? notInFuture(startedAt, now) : now;
  return missed(name, known, session, [{ name: 'Stream Start', at }], now);
}

/**
 * Creates the finding that IVS streams the session now, although events say that it does not, or that another
 * session is newer. The clocks of those events were wrong.
 *
 * @param startedAt The start time, as far as IVS knows it.
 */
export function streamingFinding(
  name: SessionName,
  known: Evidence,
  startedAt: Timestamp | undefined,
  now: Timestamp,
): FindingEvent {
  const ends = [known.sessionEndedAt, known.streamFailedAt, known.lastEndedAt];
  const claims = [...ends, known.playback?.at, known.finding?.at].filter(at => at !== undefined);
  // Later than every contradicting event, even one that is dated slightly ahead.
  const at = claims.map(claim => addMs(claim, 1)).reduce(latest, now);
  return finding(name, { at, startedAt: notInFuture(startedAt, now), isStreaming: true });
}

/**
 * Creates the finding that the session started at `startedAt`, whatever its events say, and that IVS does not
 * stream it now.
 */
export function startFinding(
  name: SessionName,
  known: Evidence,
  startedAt: Timestamp,
  now: Timestamp,
): FindingEvent {
  const at = known.finding === undefined ? now : latest(addMs(known.finding.at, 1), now);
  return finding(name, { at, startedAt, isStreaming: false });
}

function finding(
  { channelArn, streamId }: SessionName,
  { at, ...found }: { at: Timestamp; startedAt: Timestamp; isStreaming: boolean },
): FindingEvent {
  return {
    kind: 'finding',
    id: 'reconciled-with-ivs',
    time: at,
    detailType: 'IVS Stream State Change',
    channel: channelOf(channelArn),
    streamId,
    name: 'Reconciled',
    detail: { ...found, reconciled: true },
    ...found,
  };
}

/**
 * Returns the events that IVS stores and the `certain` events, without those that add nothing to the
 * evidence.
 */
function missed(
  name: SessionName,
  known: Evidence,
  session: IvsSession | undefined,
  certain: readonly { readonly name: string; readonly at: Timestamp }[],
  now: Timestamp,
): SessionEvent[] {
  const remembered = (session?.events ?? []).filter(
    ({ name, at }) => name in detailTypes && at <= addMs(now, CLOCK_TOLERANCE_MS),
  );
  const events: SessionEvent[] = [];
  let evidence = known;
  for (const { name: event, at } of [...remembered, ...certain].sort((a, b) => (a.at < b.at ? -1 : 1))) {
    // A certain event replaces an event of that name that IVS does not store.
    const next = reconciled(name, event, at);
    const after = addEvidence(evidence, next);
    if (JSON.stringify(after) === JSON.stringify(evidence)) continue;
    evidence = after;
    events.push(next);
  }
  return events;
}

const detailTypes: Readonly<Record<string, SessionEvent['detailType']>> = {
  'Session Created': 'IVS Stream State Change',
  'Session Ended': 'IVS Stream State Change',
  'Stream Start': 'IVS Stream State Change',
  'Stream End': 'IVS Stream State Change',
  'Stream Failure': 'IVS Stream State Change',
  'Starvation Start': 'IVS Stream Health Change',
  'Starvation End': 'IVS Stream Health Change',
};

/**
 * Creates an event as EventBridge would have delivered it. Its id follows from its content, so that it is
 * added once.
 */
function reconciled({ channelArn, streamId }: SessionName, name: string, time: Timestamp): SessionEvent {
  const detailType = detailTypes[name] ?? 'IVS Stream State Change';
  return {
    kind: detailType === 'IVS Stream Health Change' ? 'streamHealth' : 'streamState',
    id: `reconciled-${name.replaceAll(' ', '-').toLowerCase()}`,
    time,
    detailType,
    channel: channelOf(channelArn),
    streamId,
    name,
    detail: { event_name: name, stream_id: streamId, reconciled: true },
  };
}

function channelOf(arn: string): IvsArn {
  const channel = parseIvsArn(arn, 'channel');
  if (channel === undefined) throw new Error(`${arn} is not the ARN of a channel`);
  return channel;
}
