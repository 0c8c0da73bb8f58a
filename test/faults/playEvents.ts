import { isDeepStrictEqual } from 'node:util';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Channel } from '../../model/channel.ts';
import type { Stream } from '../../model/stream.ts';
import { streamEventRow } from '../../model/streamEvent.ts';
import type { Database } from '../../store/database.ts';
import type { EventOutcome } from '../../streamEventsApi/handleEvent.ts';
import { stateOf } from '../support/channelState.ts';
import { putChannel, readChannelRow, readSessions } from '../support/eventHandling.ts';
import type { Envelope } from '../support/ivsEvents.ts';
import { oracle } from '../support/oracle.ts';
import { randomNumbers } from '../support/randomNumbers.ts';
import { type EventHistory, onChannel } from './eventHistory.ts';
import { drawnSchedule } from './schedule.ts';
import { type Met, noFaults, type Trouble } from './trouble.ts';

/** Handles one event in a process of its own with faults. Rejects if that process fails or is killed. */
export type HandleEvent = (event: Envelope, trouble: Trouble) => Promise<EventOutcome>;

export interface EventScene {
  readonly database: Database;
  readonly handle: HandleEvent;
  /** A new channel id. */
  readonly newChannelId: () => string;
  readonly met: Met;
}

/** How many attempts an event has before it goes to the dead letters. */
const ATTEMPTS = 4;

interface Delivered {
  /** The outcomes of each event, by its id. */
  readonly outcomes: ReadonlyMap<string, readonly EventOutcome[]>;
  readonly deadLetters: ReadonlySet<string>;
}

/**
 * Plays a history with faults, then delivers everything again without faults. Returns every violation.
 */
export async function playEvents(scene: EventScene, history: EventHistory): Promise<string[]> {
  const { database, met } = scene;
  const channelId = scene.newChannelId();
  const { events, noise, delivered, arn, streamIds } = onChannel(history, channelId);
  await putChannel(database, { id: channelId, arn });
  const violations = new Set<string>();
  const onWritten = async () => {
    // Another worker may write between two reads. Each change of the open session also changes the channel's
    // version.
    let [before, channel] = [-1, await readChannelRow(database, channelId)];
    let sessions: readonly Stream[] = [];
    while (channel.version !== before) {
      before = channel.version;
      sessions = await readSessions(database, channelId);
      channel = await readChannelRow(database, channelId);
    }
    for (const fault of impossible(channel, sessions)) violations.add(fault);
  };
  const random = randomNumbers(history.seed);
  const schedule = drawnSchedule(randomNumbers(history.seed + 1));
  const isOver = () => violations.size > 0;
  const trouble = { chances: history.chances, random, met, onWritten, schedule, isOver };
  const first = await deliver(scene, delivered, history.workers, trouble);
  if (isOver()) return [...violations];

  const state = async () =>
    stateOf(await readChannelRow(database, channelId), await readSessions(database, channelId));
  const kept = await timeline(database, streamIds);
  for (const fault of lost(first, kept, events, noise)) violations.add(fault);
  const seen = events.filter(({ id }) => kept.includes(id));
  if (!isDeepStrictEqual(await state(), oracle(seen)))
    violations.add(
      `after the faults, the state does not follow from the ${seen.length} events in the timeline`,
    );

  // Delivers the dead letters, and everything else once more.
  const withoutFaults = { chances: noFaults, random: () => 1, met, onWritten };
  const again = await deliver(scene, [...events, ...noise].reverse(), 1, withoutFaults);
  for (const { id } of events) {
    const [result] = (again.outcomes.get(id) ?? []).map(outcome => outcome.result);
    const expected = kept.includes(id) ? 'duplicate' : 'folded';
    if (result !== expected)
      violations.add(`delivered again, the event ${id} was ${result}, not ${expected}`);
  }
  const whole = await timeline(database, streamIds);
  if (!isDeepStrictEqual(whole.sort(), events.map(({ id }) => id).sort()))
    violations.add(`the timeline has ${whole.length} of ${events.length} events`);
  if (!isDeepStrictEqual(await state(), oracle(events)))
    violations.add('delivered again, the state does not follow from the set of events');
  return [...violations];
}

export async function deliver(
  { handle }: EventScene,
  delivered: readonly Envelope[],
  workers: number,
  trouble: Trouble,
): Promise<Delivered> {
  const queue = delivered.map(event => ({ event, attempt: 1 }));
  const outcomes = new Map<string, EventOutcome[]>();
  const deadLetters = new Set<string>();
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { event, attempt } = next;
      trouble.met.handled++;
      try {
        const outcome = await handle(event, trouble);
        outcomes.set(event.id, [...(outcomes.get(event.id) ?? []), outcome]);
      } catch {
        if (attempt < ATTEMPTS) queue.push({ event, attempt: attempt + 1 });
        else deadLetters.add(event.id);
      }
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return { outcomes, deadLetters };
}

/** States of a channel and its sessions that no reader may see, between any two writes. */
function* impossible(channel: Channel, sessions: readonly Stream[]): Generator<string> {
  const open = sessions.filter(({ isOpen }) => isOpen !== undefined).map(({ id }) => id);
  if (open.length > 1) yield `the sessions ${open.join(' and ')} are open at once`;
  if (channel.openStreamId !== open[0])
    yield `the channel has the open session ${channel.openStreamId}, and its sessions have ${open[0]}`;
  const isLive = sessions.some(session => session.isLive);
  if (channel.isLive !== isLive)
    yield `isLive is ${channel.isLive} on the channel, and ${isLive} on its sessions`;
}

/** Events without a known outcome, and events whose outcome is wrong. */
function* lost(
  { outcomes, deadLetters }: Delivered,
  kept: readonly string[],
  events: readonly Envelope[],
  noise: readonly Envelope[],
): Generator<string> {
  if (new Set(kept).size < kept.length) yield 'the timeline has an event more than once';
  for (const { id } of events) {
    const results = (outcomes.get(id) ?? []).map(({ result }) => result);
    if (results.length === 0 && !deadLetters.has(id))
      yield `the event ${id} has no outcome and is not in the dead letters`;
    if (results.length > 0 && !kept.includes(id))
      yield `the event ${id} was ${results.join()}, and is not in the timeline`;
    const [odd] = results.filter(result => result !== 'folded' && result !== 'duplicate');
    if (odd !== undefined) yield `the event ${id} was ${odd}`;
  }
  for (const { id } of noise) {
    const given = outcomes.get(id) ?? [];
    const isDropped = given.every(outcome => outcome.result === 'dropped' && outcome.reason !== '');
    if (!isDropped) yield `the event ${id} was not dropped with a reason`;
    if (given.length === 0 && !deadLetters.has(id))
      yield `the event ${id} has no outcome and is not in the dead letters`;
  }
}

/** The ids of the events in the timelines of some sessions, including duplicates. */
async function timeline({ client, names }: Database, streamIds: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const streamId of streamIds) {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: names.streamEvents,
        ConsistentRead: true,
        KeyConditionExpression: 'streamId = :id',
        ExpressionAttributeValues: { ':id': streamId },
      }),
    );
    ids.push(...Items.map(item => streamEventRow.parse(item).eventId));
  }
  return ids;
}
