import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { parseIvsArn } from '../model/arn.ts';
import { type Timestamp, toTimestamp } from '../model/time.ts';
import { findByUsername } from '../store/channels.ts';
import { documentClient } from '../store/database.ts';
import { describeStack } from '../store/stackOutputs.ts';
import { listStreams } from '../store/streams.ts';
import {
  type BroadcastEventName,
  type PlannedEvent,
  planBroadcast,
  SHORTEST_BROADCAST_MS,
} from './broadcastPlan.ts';
import { BroadcastError, type BroadcastSettings } from './broadcastSettings.ts';
import { randomId } from './ivs/ids.ts';
import type { WriteLine } from './log.ts';

const LONGEST_BROADCAST_MS = 3_600_000;
/** How long a broadcast is played when nobody says how fast. */
const PLAYED_MS = 10_000;

/**
 * Plays a whole broadcast on the channel of a user: posts its events in real order, faster than they happen, and
 * writes what became of each. `awsUrl` is the local AWS endpoint, which the SDK must be pointed at as well.
 *
 * @throws BroadcastError when there is no such channel or an event could not be handled; StackError when there is no
 * local stack.
 */
export async function playBroadcast(
  settings: BroadcastSettings,
  awsUrl: string,
  write: WriteLine,
): Promise<void> {
  const channel = await findChannel(settings);
  const { lengthMs, startsAt } = slot(new Date(), channel.newest);
  const plan = planBroadcast({ ...channel, lengthMs, startsAt, randomId, eventId: randomUUID });
  const speed = settings.speed ?? lengthMs / PLAYED_MS;
  write(
    `${settings.username} broadcasts for ${Math.round(lengthMs / 60_000)} min, ${Math.round(speed)} times as fast`,
  );
  let played = 0;
  for (const event of plan) {
    await sleep((event.offsetMs - played) / speed);
    played = event.offsetMs;
    const outcome = await post(awsUrl, event, settings.lost);
    write(`${String(event.envelope.time)}  ${event.name.padEnd(16)}  ${outcome}`);
  }
}

/**
 * When a broadcast is said to happen: it ends about now, so that it looks like any other in the lists, and starts
 * after the channel's newest session, so that it is the one that is open. Played right after another it is short, and
 * ends up to a minute ahead.
 */
export function slot(now: Date, newest: Timestamp | undefined): { startsAt: Timestamp; lengthMs: number } {
  const free = newest === undefined ? 0 : Date.parse(newest) + 1_000;
  const start = Math.max(free, now.getTime() - LONGEST_BROADCAST_MS);
  const lengthMs = Math.max(SHORTEST_BROADCAST_MS, now.getTime() - start);
  return { startsAt: toTimestamp(new Date(start)), lengthMs };
}

async function findChannel({ stackName, username }: BroadcastSettings) {
  const { names } = await describeStack(stackName);
  const database = { client: documentClient(), names };
  try {
    const row = await findByUsername(database, username);
    const arn = parseIvsArn(row?.arn ?? '', 'channel');
    if (row === undefined || arn === undefined) {
      throw new BroadcastError(`CHANNEL: nobody here is called ${username}`);
    }
    const { items } = await listStreams(database, row.id, { limit: 1 });
    const newest = items[0]?.endedAt ?? items[0]?.startedAt;
    const { account, region } = arn;
    return { channelArn: arn.arn, channelName: row.username, account, region, newest };
  } finally {
    database.client.destroy();
  }
}

const answer = z.object({
  message: z.string().optional(),
  results: z.array(z.object({ result: z.string(), reason: z.string().optional() })).default([]),
});

async function post(
  awsUrl: string,
  { name, envelope }: PlannedEvent,
  lost: ReadonlySet<BroadcastEventName>,
): Promise<string> {
  const query = lost.has(name) ? '?deliver=false' : '';
  const body = JSON.stringify(envelope);
  const response = await fetch(`${awsUrl}/_local/events${query}`, { method: 'POST', body });
  const { message, results } = answer.parse(await response.json());
  const [outcome] = results;
  if (!response.ok || outcome === undefined) {
    throw new BroadcastError(`${name}: ${outcome?.reason ?? message ?? `status ${response.status}`}`);
  }
  if (outcome.result === 'undelivered') return 'lost: it happened, and was never sent';
  return outcome.reason === undefined ? outcome.result : `${outcome.result}: ${outcome.reason}`;
}
