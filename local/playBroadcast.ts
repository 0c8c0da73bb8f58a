import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { parseIvsArn } from '../model/arn.ts';
import { type Timestamp, toTimestamp } from '../model/time.ts';
import { findByUsername, getChannel } from '../store/channels.ts';
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
/** A broadcast in real time has begun this long before it is played, so that the channel is live at once. */
const HEAD_START_MS = 10_000;
/** How often to ask whether the owner has ended the stream. */
const ENDED_CHECK_MS = 1_000;
/** The time in which a broadcast is played when SPEED is not set. */
const PLAYED_MS = 10_000;

/**
 * Plays a whole broadcast on the channel of a user: posts its events in order, faster than in real time, and
 * writes the result of each. While the channel is live, viewers watch and chat in real time. The broadcast
 * ends after the last viewer has finished, or when the owner ends the stream.
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
  const { minutes } = settings;
  const now = new Date();
  const { lengthMs, startsAt } = slot(
    now,
    channel.newest,
    minutes === undefined ? undefined : minutes * 60_000,
  );
  const ids = broadcastIds(randomId, randomUUID);
  const plan = (length: number) => planBroadcast({ ...channel, lengthMs: length, startsAt, ids });
  const speed = settings.speed ?? (minutes === undefined ? lengthMs / PLAYED_MS : 1);
  write(
    `${settings.username} broadcasts for ${Math.round(lengthMs / 60_000)} min, ${Math.round(speed)} times as fast`,
  );
  const headStartMs = minutes === undefined ? 0 : now.getTime() - Date.parse(startsAt);
  const begun = performance.now() - headStartMs;
  const ended = new AbortController();
  const wait = (event: PlannedEvent, signal?: AbortSignal) =>
    sleep(Math.max(0, begun + event.offsetMs / speed - performance.now()), undefined, signal && { signal });
  const play = async (event: PlannedEvent) => {
    const outcome = await post(awsUrl, event, settings.lost);
    write(`${String(event.envelope.time)}  ${event.name.padEnd(16)}  ${outcome}`);
  };

  const { username, viewers } = settings;
  const { streamId } = ids;
  const checks = setInterval(() => {
    void isOver(`${apiUrl}/v1/channels/${username}/streams/${streamId}`).then(over => over && ended.abort());
  }, ENDED_CHECK_MS);
  const [onAir, ending] = split(plan(lengthMs));
  let audience: Promise<AudienceReport> | undefined;
  try {
    for (const event of onAir) {
      await wait(event, ended.signal);
      await play(event);
      if (event.name !== 'Stream Start') continue;
      const watched = ((ending[0]?.offsetMs ?? lengthMs) - event.offsetMs) / speed;
      const { signal } = ended;
      audience = runAudience({ apiUrl, username, streamId, viewers, startsAt, lengthMs: watched, signal });
    }
  } catch (error) {
    if (!ended.signal.aborted) throw error;
  }
  const { lines, failures } = (await audience) ?? { lines: [], failures: [] };
  clearInterval(checks);
  for (const line of lines) write(line);
  const wasEnded = ended.signal.aborted;
  if (wasEnded) write('the stream was ended: only the end of its recording is left');
  // The viewers' requests have the current time, so the session must last at least until now.
  const untilNow = Math.max(SHORTEST_BROADCAST_MS, lengthUntil(startsAt, new Date()));
  for (const event of split(plan(wasEnded ? untilNow : Math.max(lengthMs, untilNow)))[1]) {
    if (wasEnded && event.name !== 'Recording End') continue;
    if (!wasEnded) await wait(event);
    await play(event);
  }
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
 *
 * @param realTimeMs the length of a broadcast that begins at about the current time instead
 */
export function slot(
  now: Date,
  newest: Timestamp | undefined,
  realTimeMs?: number,
): { startsAt: Timestamp; lengthMs: number } {
  const free = newest === undefined ? 0 : Date.parse(newest) + 1_000;
  if (realTimeMs !== undefined) {
    const begun = Math.max(free, now.getTime() - HEAD_START_MS);
    return { startsAt: toTimestamp(new Date(begun)), lengthMs: realTimeMs };
  }
  const start = Math.max(free, now.getTime() - LONGEST_BROADCAST_MS);
  const lengthMs = Math.max(SHORTEST_BROADCAST_MS, now.getTime() - start);
  return { startsAt: toTimestamp(new Date(start)), lengthMs };
}

const timesOfStream = z.object({ endedAt: z.string().nullable() });

/** Returns whether a stream has ended. One that is not known has not: the event that starts it can be lost (`LOSE`). */
async function isOver(streamUrl: string): Promise<boolean> {
  const answer = await fetch(streamUrl);
  return answer.ok && timesOfStream.parse(await answer.json()).endedAt !== null;
}

async function findChannel({ stackName, username }: BroadcastSettings) {
  const { apiUrl, names } = await describeStack(stackName);
  const database = { client: documentClient(), names };
  try {
    const found = await findByUsername(database, username);
    const row = found === undefined ? undefined : await getChannel(database, found.id);
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
