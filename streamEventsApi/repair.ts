import { type IvsArn, parseIvsArn } from '../model/arn.ts';
import type { Evidence } from '../model/evidence.ts';
import type { SessionEvent } from '../model/ivsEvent.ts';
import type { Timestamp } from '../model/time.ts';
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
  return missed(name, known, session, [{ name: 'Session Ended', at: session?.endedAt ?? now }]);
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
  const heard = missed(name, known, session, []);
  const then = heard.reduce(witness, known);
  if (then.playback?.playing) return heard;
  // A Stream End was seen and IVS streams all the same: it has started again since.
  const at = then.playback === undefined ? (startedAt ?? now) : now;
  return missed(name, known, session, [{ name: 'Stream Start', at }]);
}

/** What IVS remembers and what must hold, without what would add nothing to what is known. */
function missed(
  name: SessionName,
  known: Evidence,
  session: IvsSession | undefined,
  certain: readonly { readonly name: string; readonly at: Timestamp }[],
): SessionEvent[] {
  const remembered = [...(session?.events ?? [])].filter(event => event.name in detailTypes);
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
