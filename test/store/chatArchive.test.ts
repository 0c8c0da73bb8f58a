import { DeleteCommand, GetCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { PoisonLinesError } from '../../lambdas/chatArchive/archive.ts';
import { chatBatches } from '../../operations/redriveHandling.ts';
import {
  type ArchiveEntry,
  archive,
  listChatMinutes,
  listMessages,
  readDeletions,
} from '../../store/chatMessages.ts';
import { documentClient } from '../../store/database.ts';
import {
  archiving,
  chatRoom,
  deletionLine,
  eventLine,
  messageLine,
  roomBatch,
  subscriptionEvent,
} from '../support/chatLogs.ts';
import { localCredentials, useDatabase } from '../support/database.ts';
import { injectFaults, KilledError } from '../support/faults.ts';
import { recordRequests } from '../support/requests.ts';
import { putRows } from '../support/rows.ts';

const database = useDatabase();
const now = '2026-01-15T12:00:00.000Z';
const always = { from: '2026-01-01T00:00:00.000Z', before: '2027-01-01T00:00:00.000Z' };

let rooms = 0;
async function newRoom(mark: object = {}, prefix = ''): Promise<string> {
  const id = `${prefix}room${++rooms}`;
  await putRows(database(), 'chatRooms', [{ ...chatRoom(id), ...mark }]);
  return id;
}

/** A separate client on the same tables, whose requests can meet faults. */
function otherClient() {
  const client = documentClient({ ...localCredentials, endpoint: database().engine.endpoint });
  return { client, names: database().names };
}

const at = (seconds: number) =>
  new Date(Date.parse('2026-01-15T10:00:00.000Z') + seconds * 1000).toISOString();
const message = (messageId: string, sentAt: string): ArchiveEntry => ({
  kind: 'message',
  messageId,
  sentAt,
  content: `says ${messageId}`,
  sender: { userId: 'user-1', username: 'ann' },
});
/** `count` messages, two per second. */
const messages = (count: number) => Array.from({ length: count }, (_, n) => message(`m${n}`, at(n / 2)));

async function idsIn(room: string, window = always): Promise<string[]> {
  const { items } = await listMessages(database(), room, window, { limit: 1_000 });
  return items.map(({ messageId }) => messageId);
}

/** The counts of messages by minute. */
async function countsIn(room: string): Promise<Record<string, number>> {
  const minutes = await listChatMinutes(database(), room, always.from, always.before);
  return Object.fromEntries(minutes.map(({ minute, messages: count }) => [minute, count]));
}

/** The number of message rows by minute, which the counts must equal. */
async function rowsByMinute(room: string): Promise<Record<string, number>> {
  const { items } = await listMessages(database(), room, always, { limit: 1_000 });
  const counts: Record<string, number> = {};
  for (const { sentAt } of items) {
    const minute = `${sentAt.slice(0, 16)}:00.000Z`;
    counts[minute] = (counts[minute] ?? 0) + 1;
  }
  return counts;
}

const refusal = Object.assign(new Error('refused'), { name: 'ValidationException' });

describe("a room's archive", () => {
  test('keeps messages in the order they were sent, also two of the same millisecond', async () => {
    const room = await newRoom();
    const entries = [message('b', at(2)), message('z', at(1)), message('a', at(2)), message('c', at(0))];
    expect(await archive(database(), room, entries, now)).toEqual({ refused: [] });
    expect(await idsIn(room)).toEqual(['c', 'z', 'a', 'b']);
  });

  test('writes 49 new entries in one request, and 50 in two', async () => {
    const own = otherClient();
    const requests = recordRequests(own.client);
    await archive(own, await newRoom(), messages(49), now);
    expect(requests()).toEqual(['TransactWriteItems']);
    // Each message is in a minute of its own, which makes the largest possible transaction.
    const sparse = messages(50).map((entry, n) => ({ ...entry, sentAt: at(n * 60) }) as ArchiveEntry);
    const room = await newRoom();
    await archive(own, room, sparse, now);
    expect(requests()).toEqual(['TransactWriteItems', 'TransactWriteItems']);
    expect(Object.values(await countsIn(room))).toEqual(Array.from({ length: 50 }, () => 1));
  });

  test('stores and counts a message once, however often it is delivered and with which others', async () => {
    const room = await newRoom();
    const all = messages(200);
    for (const part of [all.slice(0, 60), all.slice(30, 130), all, [...all, ...all]])
      expect(await archive(database(), room, part, now)).toEqual({ refused: [] });
    expect(await idsIn(room)).toEqual(all.map(({ messageId }) => messageId));
    expect(await countsIn(room)).toEqual({ [at(0)]: 120, [at(60)]: 80 });
    const twice = await newRoom();
    await archive(database(), twice, [...messages(5), ...messages(5)], now);
    expect(await idsIn(twice)).toHaveLength(5);
    expect(await countsIn(twice)).toEqual({ [at(0)]: 5 });
  });

  test.each<[string, Partial<ArchiveEntry>]>([
    ['is too large for a row', { content: 'x'.repeat(409_600) }],
    ['has a key that is too long', { messageId: 'x'.repeat(1_025) }],
    ['has a key with a lone surrogate', { messageId: '\ud800' }],
    ['has text with a lone surrogate', { content: 'a\ud800' }],
    ['is nested too deeply for a row', { sender: JSON.parse(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`) }],
  ])('stores all entries except one that %s, at any position', async (_, change) => {
    for (const place of [0, 48, 49]) {
      const room = await newRoom();
      const all = messages(60);
      const bad = { ...message('bad', at(1)), ...change } as ArchiveEntry;
      all.splice(place, 1, bad);
      expect(await archive(database(), room, all, now)).toEqual({ refused: [bad] });
      const { items } = await listMessages(database(), room, always, { limit: 200 });
      expect(items.map(({ messageId }) => messageId)).toEqual(
        messages(60).flatMap(({ messageId }, n) => (n === place ? [] : [messageId])),
      );
      expect(await countsIn(room)).toEqual(await rowsByMinute(room));
    }
  });

  test('stores the good entries when many are refused, and does so again', async () => {
    const room = await newRoom();
    const isBad = (n: number) => n % 7 < 2;
    const all = messages(100).map(
      (entry, n): ArchiveEntry => (isBad(n) ? { ...entry, messageId: '\ud800'.repeat(n + 1) } : entry),
    );
    const bad = all.filter((_, n) => isBad(n));
    for (const part of [all.slice(0, 50), all])
      expect(await archive(database(), room, part, now)).toEqual({
        refused: bad.filter(entry => part.includes(entry)),
      });
    expect(await idsIn(room)).toHaveLength(100 - bad.length);
    expect(await countsIn(room)).toEqual(await rowsByMinute(room));
  });

  test('stores deletions, also of messages that arrive later', async () => {
    const room = await newRoom();
    const deletion: ArchiveEntry = { kind: 'deletion', messageId: 'late', deletedAt: at(5) };
    await archive(database(), room, [deletion], now);
    await archive(database(), room, [message('late', at(1)), message('kept', at(2)), deletion], now);
    expect(await readDeletions(database(), room, ['late', 'kept', 'late'])).toEqual(new Set(['late']));
    expect(await idsIn(room)).toEqual(['late', 'kept']);
    expect(await countsIn(room)).toEqual({ [at(0)]: 2 });
  });

  test('has time windows that include their start and exclude their end', async () => {
    const room = await newRoom();
    await archive(database(), room, messages(10), now);
    expect(await idsIn(room, { from: at(1), before: at(3) })).toEqual(['m2', 'm3', 'm4', 'm5']);
    expect(await idsIn(room, { from: at(3), before: at(3) })).toEqual([]);
    expect(await idsIn(room, { from: at(3), before: at(1) })).toEqual([]);
  });

  test('continues after a cursor that is no longer inside the window', async () => {
    const room = await newRoom();
    await archive(database(), room, messages(10), now);
    const first = await listMessages(database(), room, always, { limit: 5 });
    const next = (from: string, before: string) =>
      listMessages(database(), room, { from, before }, { limit: 5, after: first.next });
    // The events of the session moved its end or its start meanwhile.
    expect(await next(at(0), at(1))).toEqual({ items: [] });
    expect((await next(at(4), at(9))).items.map(({ messageId }) => messageId)).toEqual(['m8', 'm9']);
    expect((await next(at(0), at(9))).items[0]).toMatchObject({ messageId: 'm5' });
  });

  test('of a mock room gives its entries the seed mark of the room, and that of a real room gives none', async () => {
    const mark = { seedShard: 'seed#3', seedRun: 'set#run' };
    const room = await newRoom(mark, 'mock-');
    const entries = [message('m', at(0)), { kind: 'deletion', messageId: 'm', deletedAt: at(1) } as const];
    await archive(database(), room, entries, now);
    const { items } = await listMessages(database(), room, always, { limit: 5 });
    const key = { chatRoomId: room, id: 'deleted#m' };
    const deletion = await database().client.send(
      new GetCommand({ TableName: database().names.chatMessages, Key: key }),
    );
    const minutes = await listChatMinutes(database(), room, at(0), at(0));
    expect([...items, deletion.Item, ...minutes]).toEqual([1, 2, 3].map(() => expect.objectContaining(mark)));
    const real = await newRoom(mark);
    await archive(database(), real, entries, now);
    const unmarked = await listMessages(database(), real, always, { limit: 5 });
    expect(unmarked.items[0]).not.toHaveProperty('seedRun');
  });
});

describe('the minutes of a room', () => {
  test('are those in the requested range, including both ends, and only those with messages', async () => {
    const room = await newRoom();
    const entries = [0, 60, 180, 240].map((seconds, n) => message(`m${n}`, at(seconds)));
    await archive(database(), room, entries, now);
    const minutes = await listChatMinutes(database(), room, at(60), at(180));
    expect(minutes.map(({ minute, messages: count }) => [minute, count])).toEqual([
      [at(60), 1],
      [at(180), 1],
    ]);
    expect(await listChatMinutes(database(), room, at(180), at(60))).toEqual([]);
  });

  test('have exact counts after kills, conflicts and throttling', async () => {
    const room = await newRoom();
    const own = otherClient();
    let state = 7;
    const random = () => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return state / 2 ** 31;
    };
    const chances = { transactionConflict: 0.2, throttle: 0.05, killBefore: 0.15, killAfter: 0.3 };
    const faults = injectFaults(own.client, chances, random);
    const all = messages(180);
    let kills = 0;
    for (let from = 0; from < all.length; from += 30) {
      // Overlapping batches, each of them retried until it succeeded.
      for (;;) {
        try {
          await archive(own, room, all.slice(Math.max(0, from - 20), from + 30), now);
          break;
        } catch (error) {
          if (!(error instanceof KilledError)) throw error;
          kills++;
        }
      }
    }
    expect(kills).toBeGreaterThan(3);
    expect(faults.injected.transactionConflict).toBeGreaterThan(1);
    expect(await idsIn(room)).toHaveLength(180);
    expect(await countsIn(room)).toEqual(await rowsByMinute(room));
  });

  test('have exact counts after many archivers wrote at once', async () => {
    const room = await newRoom();
    const all = messages(120);
    await Promise.all(
      Array.from({ length: 6 }, (_, nth) =>
        archive(otherClient(), room, all.slice(nth * 10, nth * 10 + 70), now),
      ),
    );
    expect(await idsIn(room)).toHaveLength(120);
    expect(await countsIn(room)).toEqual({ [at(0)]: 120 });
  });
});

describe('a batch of a log', () => {
  test('with unreadable lines is archived without them, and the error names only their ids', async () => {
    const room = await newRoom();
    const { archive: handle, logged } = archiving(database());
    const lines = [
      messageLine('m1', at(0)),
      '{"type":"MESSAGE","payload":{"Content":"a secret"}}',
      deletionLine('m1', at(1)),
      'a secret that is not JSON',
      eventLine({ UserId: 'u' }, at(1), 'aws:DISCONNECT_USER'),
      messageLine('m2', at(2)),
    ];
    const failure = await handle(roomBatch(room, lines)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PoisonLinesError);
    expect(String(failure)).toContain(
      'all but 2 log events of the batch are archived: line-1 (payload.Id), line-3 (not JSON)',
    );
    expect(String(failure) + JSON.stringify(logged)).not.toContain('secret');
    expect(await idsIn(room)).toEqual(['m1', 'm2']);
    expect(await readDeletions(database(), room, ['m1', 'm2'])).toEqual(new Set(['m1']));
    expect(logged).toEqual([
      {
        level: 'info',
        message: 'chat archived',
        fields: { chatRoomId: room, archived: 3, ignored: 1, poison: 2 },
      },
    ]);
    // Lambda retries the batch. Nothing changes, and the same error is thrown.
    await expect(handle(roomBatch(room, lines))).rejects.toThrow(PoisonLinesError);
    expect(await countsIn(room)).toEqual({ [at(0)]: 2 });
  });

  test('with a lone surrogate in a message is archived completely, also when it is redriven from the dead letters', async () => {
    const room = await newRoom();
    const sender = { UserId: 'user-1', Attributes: { username: 'an\udc00n' } };
    const lines = [1, 2, 3, 4, 5].map(n =>
      n === 3 ? messageLine('m3', at(n), 'odd \ud800!', sender) : messageLine(`m${n}`, at(n)),
    );
    // An earlier version put such a batch into the dead-letter queue.
    expect(await chatBatches(database()).handle(roomBatch(room, lines))).toBe('archived');
    const { items } = await listMessages(database(), room, always, { limit: 10 });
    expect(items.map(({ messageId }) => messageId)).toEqual(['m1', 'm2', 'm3', 'm4', 'm5']);
    expect(items[2]).toMatchObject({
      content: 'odd \ufffd!',
      sender: { userId: 'user-1', username: 'an\ufffdn' },
    });
  });

  test('with lines that DynamoDB refuses is archived without them, and the error names only their ids', async () => {
    const room = await newRoom();
    const own = otherClient();
    own.client.middlewareStack.add(
      next => async args => {
        // The parser already refuses all text that DynamoDB is known to refuse.
        if (JSON.stringify(args.input).includes('a secret')) throw refusal;
        return next(args);
      },
      { step: 'initialize', name: 'refuseSecrets' },
    );
    const { archive: handle, logged } = archiving(own);
    const lines = ['hello', 'a secret', 'bye', 'x'].map((text, n) => messageLine(`m${n}`, at(n), text));
    const failure = await handle(roomBatch(room, lines)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PoisonLinesError);
    expect(String(failure)).toMatch(
      /all but 1 log events of the batch are archived: line-1 \(refused by DynamoDB\)$/,
    );
    expect(await idsIn(room)).toEqual(['m0', 'm2', 'm3']);
    expect(logged.map(({ fields }) => fields)).toEqual([
      { chatRoomId: room, archived: 3, ignored: 0, poison: 1 },
    ]);
    // A later deployment that accepts these lines can archive them in a redrive.
    expect(await chatBatches(database()).handle(roomBatch(room, lines))).toBe('archived');
    expect(await idsIn(room)).toEqual(['m0', 'm1', 'm2', 'm3']);
  });

  test('that fails for another reason is not split', async () => {
    const { archive: handle } = archiving({
      ...database(),
      names: { ...database().names, chatMessages: 'gone' },
    });
    const batch = roomBatch(await newRoom(), [messageLine('m1', at(0)), messageLine('m2', at(1))]);
    await expect(handle(batch)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('names the first twenty of many unreadable lines', async () => {
    const { archive: handle } = archiving(database());
    const poison = Array.from({ length: 500 }, () => 'x');
    await expect(handle(roomBatch(await newRoom(), poison))).rejects.toThrow(
      /^all but 500 log events of the batch are archived: line-0 .*line-19 \(not JSON\), and 480 more$/,
    );
  });

  test('of a missing room is dropped with one log line, and writes nothing', async () => {
    const { archive: handle, logged } = archiving(database());
    const lines = [messageLine('m1', at(0)), deletionLine('m0', at(1)), 'poison'];
    for (const room of ['gone', 'mock-gone']) {
      await handle(roomBatch(room, lines));
      expect(await idsIn(room)).toEqual([]);
      expect(await readDeletions(database(), room, ['m0'])).toEqual(new Set());
      expect(await countsIn(room)).toEqual({});
    }
    expect(logged.map(({ level, fields }) => [level, fields])).toEqual([
      ['warn', { chatRoomId: 'gone', lines: 3 }],
      ['warn', { chatRoomId: 'mock-gone', lines: 3 }],
    ]);
  });

  test('of a room that is deleted meanwhile writes nothing afterwards', async () => {
    for (const prefix of ['', 'mock-']) {
      const room = await newRoom({}, prefix);
      const own = otherClient();
      let transactions = 0;
      own.client.middlewareStack.add(
        (next, context) => async args => {
          if (context['commandName'] === 'TransactWriteItemsCommand' && ++transactions === 2)
            await database().client.send(
              new DeleteCommand({ TableName: database().names.chatRooms, Key: { id: room } }),
            );
          return next(args);
        },
        { step: 'initialize', name: 'deleteRoom' },
      );
      expect(await archive(own, room, messages(150), now)).toBe('noRoom');
      expect(transactions).toBe(2);
      expect(await idsIn(room)).toHaveLength(49);
      expect(await countsIn(room)).toEqual({ [at(0)]: 49 });
    }
  });

  test('with nothing to archive sends no request', async () => {
    const own = otherClient();
    const requests = recordRequests(own.client);
    const { archive: handle, logged } = archiving(own);
    await handle(subscriptionEvent({ messageType: 'CONTROL_MESSAGE', logStream: '', logEvents: [] }));
    await handle(roomBatch('room', [eventLine({}, at(0), 'app:POLL')]));
    expect(requests()).toEqual([]);
    expect(logged.map(({ fields }) => fields)).toEqual([
      { chatRoomId: 'room', archived: 0, ignored: 1, poison: 0 },
    ]);
  });
});
