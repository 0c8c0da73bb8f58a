import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { parseIvsArn } from '../model/arn.ts';
import { type Timestamp, toTimestamp } from '../model/time.ts';
import { findByUsername } from '../store/channels.ts';
import { documentClient } from '../store/database.ts';
import { describeStack } from '../store/stackOutputs.ts';
import { listStreams } from '../store/streams.ts';
import { type AudienceReport, runAudience } from './audience/audience.ts';
import {
  type BroadcastEventName,
  broadcastIds,
  lengthUntil,
  type PlannedEvent,
  planBroadcast,
  SHORTEST_BROADCAST_MS,
} from './broadcastPlan.ts';
import { BroadcastError, type BroadcastSettings } from './broadcastSettings.ts';
import { randomId } from './ivs/ids.ts';
import type { WriteLine } from './log.ts';

const LONGEST_BROADCAST_MS = 3_600_000;
/** The time in which a broadcast is played when SPEED is not set. */
const PLAYED_MS = 10_000;

/**
 * Plays a whole broadcast on the channel of a user: posts its events in order, faster than in real time, and
 * writes the result of each. While the channel is live, viewers watch and chat in real time. The broadcast
 * ends after the last viewer has finished.
 *
 * @param awsUrl the local AWS endpoint, which the SDK must also use
 * @throws BroadcastError when the channel does not exist, an event could not be handled, or a viewer's
 * request failed
 * @throws StackError when there is no local stack
 */
export async function playBroadcast(
  settings: BroadcastSettings,
  awsUrl: string,
  write: WriteLine,
): Promise<void> {
  const { apiUrl, channel } = await findChannel(settings);
  const { lengthMs, startsAt } = slot(new Date(), channel.newest);
  const ids = broadcastIds(randomId, randomUUID);
  const plan = (length: number) => planBroadcast({ ...channel, lengthMs: length, startsAt, ids });
  const speed = settings.speed ?? lengthMs / PLAYED_MS;
  write(
    `${settings.username} broadcasts for ${Math.round(lengthMs / 60_000)} min, ${Math.round(speed)} times as fast`,
  );
  const begun = performance.now();
  const play = async (event: PlannedEvent) => {
    await sleep(Math.max(0, begun + event.offsetMs / speed - performance.now()));
    const outcome = await post(awsUrl, event, settings.lost);
    write(`${String(event.envelope.time)}  ${event.name.padEnd(16)}  ${outcome}`);
  };

  const [onAir, ending] = split(plan(lengthMs));
  let audience: Promise<AudienceReport> | undefined;
  for (const event of onAir) {
    await play(event);
    if (event.name !== 'Stream Start') continue;
    const watched = (ending[0]?.offsetMs ?? lengthMs) - event.offsetMs;
    const { username, viewers } = settings;
    const { streamId } = ids;
    audience = runAudience({ apiUrl, username, streamId, viewers, startsAt, lengthMs: watched / speed });
  }
  const { lines, failures } = (await audience) ?? { lines: [], failures: [] };
  for (const line of lines) write(line);
  // The viewers' requests have the current time, so the session must last at least until now.
  for (const event of split(plan(Math.max(lengthMs, lengthUntil(startsAt, new Date()))))[1])
    await play(event);
  if (failures.length > 0) throw new BroadcastError(failures.join('\n'));
}

/** Splits a plan into the events before the session's end and the events from its end on. */
function split(plan: readonly PlannedEvent[]): [PlannedEvent[], PlannedEvent[]] {
  const end = plan.findIndex(({ name }) => name === 'Session Ended');
  return [plan.slice(0, end), plan.slice(end)];
}

/**
 * Returns the time span of a broadcast. It ends at about the current time and starts after the channel's
 * newest session, so that the broadcast is the open session. Directly after another broadcast it is short,
 * and its end can be up to half a minute in the future.
 */
export function slot(now: Date, newest: Timestamp | undefined): { startsAt: Timestamp; lengthMs: number } {
  const free = newest === undefined ? 0 : Date.parse(newest) + 1_000;
  const start = Math.max(free, now.getTime() - LONGEST_BROADCAST_MS);
  const lengthMs = Math.max(SHORTEST_BROADCAST_MS, now.getTime() - start);
  return { startsAt: toTimestamp(new Date(start)), lengthMs };
}

async function findChannel({ stackName, username }: BroadcastSettings) {
  const { apiUrl, names } = await describeStack(stackName);
  const database = { client: documentClient(), names };
  try {
    const row = await findByUsername(database, username);
    const arn = parseIvsArn(row?.arn ?? '', 'channel');
    if (row === undefined || arn === undefined) {
      throw new BroadcastError(`CHANNEL: there is no user ${username} on the stack ${stackName}`);
    }
    const { items } = await listStreams(database, row.id, { limit: 1 });
    const newest = items[0]?.endedAt ?? items[0]?.startedAt;
    const { account, region } = arn;
    return { apiUrl, channel: { channelArn: arn.arn, channelName: row.username, account, region, newest } };
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
  if (outcome.result === 'undelivered') return 'lost: the event happened, but was not sent (LOSE)';
  return outcome.reason === undefined ? outcome.result : `${outcome.result}: ${outcome.reason}`;
}
