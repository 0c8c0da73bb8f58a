import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { listChatReplay, type ReplayedMessage } from '../../domain/chatReplay.ts';
import { cursorCodec } from '../../domain/cursors.ts';
import { readAnalytics } from '../../domain/viewers/analytics.ts';
import { listChatMinutes } from '../../store/chatMessages.ts';
import { archiving, chatRoom, deletionLine, messageLine, roomBatch } from '../support/chatLogs.ts';
import { useDatabase } from '../support/database.ts';
import { handling, putChannel } from '../support/eventHandling.ts';
import { second, stateEvent } from '../support/ivsEvents.ts';
import { putRows } from '../support/rows.ts';

// In seconds. A session without an end ends when the next one starts. The last such session is still open.
const session = fc.record({
  gap: fc.integer({ min: 1, max: 5 }),
  length: fc.integer({ min: 0, max: 8 }),
  isEndLost: fc.boolean(),
});
const message = fc.record({
  second: fc.integer({ min: 0, max: 45 }),
  nanoseconds: fc.constantFrom('', '.0', '.25', '.500000000', '.999999999'),
  isDeleted: fc.boolean(),
});
const sessions = fc.array(session, { minLength: 1, maxLength: 3 });
const messages = fc.array(message, { maxLength: 15 });

interface Told {
  readonly id: string;
  readonly offsetMs: number;
  readonly isDeleted: boolean;
}

/** A delivery to the stack: an event of the channel, or a line of the room's log. */
type Arrival = { readonly name: string; readonly stream: number; readonly at: number } | string;

const NOW = 60;
const cursors = cursorCodec(async () => 'a secret of the tests, long enough');
const clock = () => new Date(second(NOW));

describe('the chat replay of a stream', () => {
  const database = useDatabase();
  let channels = 0;

  /** A channel with a chat room, and functions that deliver events and log lines. */
  async function newChannel() {
    const id = `channel${++channels}`;
    const room = chatRoom(`room${channels}`);
    const arn = `arn:aws:ivs:us-west-2:123456789012:channel/${id}`;
    await putChannel(database(), { id, arn, username: id, usernameKey: id, chatRoomArn: room.arn });
    await putRows(database(), 'chatRooms', [room]);
    const { handle } = handling(database());
    const { archive } = archiving(database());
    const streamId = (stream: number) => `st-${id}-${stream}`;
    return {
      streamId,
      room,
      tell: async (name: string, stream: number, at: number) => {
        // Each delivery of an event has the same id.
        const event = stateEvent(name, streamId(stream), second(at), { id: `${name}-${stream}-${id}` });
        await handle({ ...event, resources: [arn] });
      },
      log: (lines: readonly string[]) => archive(roomBatch(room.id, lines)),
      /** How many messages the owner's analytics count in all. */
      countedMessages: async (stream: number): Promise<number> => {
        const request = { username: id, streamId: streamId(stream), from: undefined, to: undefined };
        const { minutes } = await readAnalytics(
          { database: database(), readIngest: async () => undefined, clock },
          { channelId: id },
          request,
        );
        return minutes.reduce((sum, { chatMessages }) => sum + chatMessages, 0);
      },
      replay: async (stream: number): Promise<Told[]> => {
        const told: ReplayedMessage[] = [];
        for (let cursor: string | undefined; ; ) {
          const page = await listChatReplay(
            { database: database(), cursors, clock },
            { username: id, streamId: streamId(stream) },
            { limit: 7, cursor },
          );
          told.push(...page.items);
          if (page.nextCursor === null) break;
          cursor = page.nextCursor;
        }
        return told.map(({ message: { messageId }, offsetMs, isDeleted }) => ({
          id: messageId,
          offsetMs,
          isDeleted,
        }));
      },
    };
  }

  test('has what was sent while the stream was open, and analytics count the same, in whatever order events and log lines arrive', async () => {
    let between = 0;
    const property = fc.asyncProperty(
      sessions,
      messages,
      fc.infiniteStream(fc.nat()),
      async (plan, sent, draws) => {
        let end = 0;
        const planned = plan.map(({ gap, length, isEndLost }) => {
          const start = end + gap;
          end = start + length;
          return { start, end, isEndLost };
        });
        const lines = sent.flatMap(({ second: at, nanoseconds, isDeleted }, n) => {
          const sentAt = second(at).replace('Z', `${nanoseconds}Z`);
          return [
            messageLine(`m${n}`, sentAt),
            ...(isDeleted ? [deletionLine(`m${n}`, second(at + 1))] : []),
          ];
        });
        const events = planned.flatMap(({ start, end: at, isEndLost }, stream): Arrival[] => [
          { name: 'Session Created', stream, at: start },
          ...(isEndLost ? [] : [{ name: 'Session Ended', stream, at }]),
        ]);
        const draw = (limit: number) => Number(draws.next().value) % limit;
        const channel = await newChannel();
        for (const group of batches(shuffled(repeated([...events, ...lines], draw), draw), draw)) {
          if (typeof group === 'object' && 'name' in group)
            await channel.tell(group.name, group.stream, group.at);
          else await channel.log(group);
        }

        const times = sent.map(
          ({ second: at, nanoseconds }) => at * 1000 + Math.floor(Number(`0${nanoseconds}`) * 1000),
        );
        const filed = new Set<string>();
        for (const [stream, { start, end: told, isEndLost }] of planned.entries()) {
          const before = (isEndLost ? (planned[stream + 1]?.start ?? NOW) : told) * 1000;
          const expected = sent
            .map(({ isDeleted }, n) => ({ id: `m${n}`, at: times[n] ?? Number.NaN, isDeleted }))
            .filter(({ at }) => at >= start * 1000 && at < before)
            .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
            .map(({ id, at, isDeleted }) => ({ id, offsetMs: at - start * 1000, isDeleted }));
          expect(await channel.replay(stream)).toEqual(expected);
          expect(await channel.countedMessages(stream)).toBe(expected.length);
          for (const { id } of expected) filed.add(id);
        }
        between += sent.length - filed.size;
        const minutes = await listChatMinutes(database(), channel.room.id, isoOf(0), isoOf(NOW));
        expect(minutes.reduce((sum, minute) => sum + minute.messages, 0)).toBe(sent.length);
      },
    );
    await fc.assert(property, { numRuns: 15 });
    // Without this check, the test could pass with no message outside the streams.
    expect(between).toBeGreaterThan(5);
  });
});

const isoOf = (seconds: number) => new Date(second(seconds)).toISOString();

type Draw = (limit: number) => number;

/** Each delivery at least once, and some of them again. */
function repeated(arrivals: readonly Arrival[], draw: Draw): Arrival[] {
  return [...arrivals, ...arrivals.filter(() => draw(3) === 0)];
}

function shuffled(arrivals: readonly Arrival[], draw: Draw): Arrival[] {
  const left = [...arrivals];
  return arrivals.flatMap(() => left.splice(draw(left.length), 1));
}

/** Events one by one, and consecutive log lines in batches. */
function batches(arrivals: readonly Arrival[], draw: Draw): (Exclude<Arrival, string> | readonly string[])[] {
  const groups: (Exclude<Arrival, string> | string[])[] = [];
  for (const arrival of arrivals) {
    const last = groups.at(-1);
    if (typeof arrival !== 'string') groups.push(arrival);
    else if (Array.isArray(last) && draw(4) > 0) last.push(arrival);
    else groups.push([arrival]);
  }
  return groups;
}
