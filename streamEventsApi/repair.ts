import { type IvsArn, parseIvsArn } from '../model/arn.ts';
import type { Evidence } from '../model/evidence.ts';
import { CLOCK_TOLERANCE_MS, type FindingEvent, type SessionEvent } from '../model/ivsEvent.ts';
import { addMs, latest, type Timestamp } from '../model/time.ts';
import type { IvsSession } from './ivsSessions.ts';
import { witness } from './witness.ts';

/** A session of a channel, as both IVS and the tables name it. */
export interface SessionName {
  readonly channelArn: string;
  readonly streamId: string;
}

/**
 * The events that were missed of a session which IVS no longer streams.
 *
 * @param session what IVS remembers of it. If it remembers nothing, the session ended at `now` for all anyone
 *   knows; should its true Session Ended arrive after all, the earlier time counts.
 */
export function missedEnd(
  name: SessionName,
  known: Evidence,
  session: IvsSession | undefined,
  now: Timestamp,
): SessionEvent[] {
  // IVS has it under way still: between its Session Created and its Stream Start, say.
  if (session !== undefined && session.endedAt === undefined) return [];
  const at = notAhead(session?.endedAt, now);
  // IVS streamed it then, so it was not over: its list, or what it has for the end, was behind.
  const after = known.streamedAt === undefined ? at : latest(addMs(known.streamedAt, 1), at);
  return missed(name, known, session, [{ name: 'Session Ended', at: after }], now);
}

/** The events that were missed of a session which is known from its recording alone. */
export function missedRest(
  name: SessionName,
  known: Evidence,
  session: IvsSession | undefined,
  now: Timestamp,
): SessionEvent[] {
  return session?.endedAt === undefined
    ? missed(name, known, session, [], now)
    : missedEnd(name, known, session, now);
}

/** A time that IVS gave, or now: a clock that is ahead is wrong. */
function notAhead(at: Timestamp | undefined, now: Timestamp): Timestamp {
  return at === undefined || at > now ? now : at;
}

/**
 * The events that were missed of a session which IVS streams now: at least a Stream Start that no Stream End
 * follows.
 *
 * @param startedAt when IVS's list says that it started.
 */
export function missedStart(
  name: SessionName,
  known: Evidence,
  session: IvsSession | undefined,
  startedAt: Timestamp | undefined,
  now: Timestamp,
): SessionEvent[] {
  // It was live when the list was read, and has ended since.
  if (session?.endedAt !== undefined) return missedEnd(name, known, session, now);
  const heard = missed(name, known, session, [], now);
  const then = heard.reduce(witness, known);
  if (then.playback?.playing) return heard;
  // A Stream End was seen and IVS streams all the same: it has started again since.
  const at = then.playback === undefined ? notAhead(startedAt, now) : now;
  return missed(name, known, session, [{ name: 'Stream Start', at }], now);
}

/**
 * That IVS streams the session now, although its events say that it does not, or that another session is newer: the
 * clocks that dated them were wrong.
 *
 * @param startedAt when it started, for all IVS knows.
 */
export function foundStreaming(
  name: SessionName,
  known: Evidence,
  startedAt: Timestamp | undefined,
  now: Timestamp,
): FindingEvent {
  const ends = [known.sessionEndedAt, known.streamFailedAt, known.lastEndedAt];
  const claims = [...ends, known.playback?.at, known.finding?.at].filter(at => at !== undefined);
  // After every event that contradicts it, also where one is dated a little ahead.
  const at = claims.map(claim => addMs(claim, 1)).reduce(latest, now);
  return finding(name, { at, startedAt: notAhead(startedAt, now), isStreaming: true });
}

/** That the session started at `startedAt`, whatever its events say, and that IVS does not stream it now. */
export function foundStart(
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

/** What IVS remembers and what must hold, without what would add nothing to what is known. */
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
    // The certain ones stand in for an event of that name which IVS does not remember.
    const next = reconciled(name, event, at);
    const after = witness(evidence, next);
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

/** An event as it would have been delivered. Its id follows from what it says, so that it is added once. */
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
