import { describe, expect, test } from '@jest/globals';
import { tableNames } from '../../model/tables.ts';
import { tableVariable } from '../../model/tableVariable.ts';
import { MAX_BANS, type RoomRulesOptions, roomRulesReader } from '../../store/roomRules.ts';
import { localCredentials, useDatabase } from '../support/database.ts';
import { brokenRule } from '../support/dynamoRules.ts';
import { type Fault, type FaultProxy, startFaultProxy } from '../support/faultProxy.ts';
import { putRows } from '../support/rows.ts';

const database = useDatabase();
const times = { createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' };

let made = 0;

/** A new room, its channel and their rules. */
async function putRoom(blockedTerms: readonly string[] = [], banned: readonly object[] = []) {
  const n = ++made;
  const [id, channelId] = [`room-${n}`, `channel-${n}`];
  const write = (terms: readonly string[]) =>
    putRows(database(), 'chatRooms', [
      {
        id,
        arn: `arn-${id}`,
        name: id,
        endpoint: 'wss://chat',
        userId: 'u',
        channelId,
        blockedTerms: terms,
        ...times,
      },
    ]);
  await write(blockedTerms);
  const bans = banned.map(ban => ({ channelId, username: 'someone', by: 'u', ...times, ...ban }));
  await putRows(database(), 'bans', bans);
  return { id, write };
}

const ban = (userId: string, bannedAt: string, until?: string) => ({
  userId,
  bannedAt,
  ...(until && { until }),
});

function environmentOf(endpoint: string) {
  const { names } = database();
  return {
    ...Object.fromEntries(tableNames.map(name => [tableVariable(name), names[name]])),
    AWS_REGION: localCredentials.region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
  };
}

/** A reader with counted requests that meet `fault`, and a clock that stands still until a test moves it. */
async function withReader(
  use: (reader: {
    read: ReturnType<typeof roomRulesReader>;
    proxy: FaultProxy;
    setFault: (fault: Fault | undefined) => void;
    forward: (ms: number) => void;
    failures: unknown[];
  }) => Promise<void>,
  options: RoomRulesOptions = {},
) {
  let fault: Fault | undefined;
  let at = 0;
  const failures: unknown[] = [];
  const proxy = await startFaultProxy(database().engine.endpoint, ({ operation, body }) => {
    // These requests do not use the SDK, so the checks of test clients do not apply.
    if (operation === 'Query') expect(brokenRule(body)).toBeUndefined();
    return fault;
  });
  try {
    await use({
      // Longer than any answer takes on a busy machine. Tests of the limit set a shorter one.
      read: roomRulesReader(environmentOf(proxy.endpoint), {
        waitMs: 5_000,
        now: () => at,
        onFailure: error => failures.push(error),
        ...options,
      }),
      proxy,
      setFault: next => {
        fault = next;
      },
      forward: ms => {
        at += ms;
      },
      failures,
    });
  } finally {
    await proxy.stop();
  }
}

async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  const end = performance.now() + 10_000;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error('the condition was not met within ten seconds');
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

describe('the rules of a room', () => {
  test('are its blocked terms and the bans of its channel, newest first', async () => {
    const room = await putRoom(
      ['apple', 'Birne 🍐'],
      [
        ban('old', '2026-01-01T00:00:00.000Z'),
        ban('new', '2026-01-03T00:00:00.000Z', '2026-01-04T00:00:00.000Z'),
      ],
    );
    await putRoom(['other'], [ban('other', '2026-01-02T00:00:00.000Z')]);
    await withReader(async ({ read, proxy }) => {
      expect(await read(room.id)).toEqual({
        blockedTerms: ['apple', 'Birne 🍐'],
        bans: [{ userId: 'new', until: '2026-01-04T00:00:00.000Z' }, { userId: 'old' }],
      });
      expect(Object.fromEntries(proxy.requests)).toEqual({ GetItem: 1, Query: 1 });
    });
  });

  test('have the newest bans if there are too many', async () => {
    const at = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString();
    const room = await putRoom(
      [],
      Array.from({ length: MAX_BANS + 5 }, (_, n) => ban(`user-${n}`, at(n))),
    );
    await withReader(async ({ read }) => {
      const { bans = [] } = (await read(room.id)) ?? {};
      expect(bans).toHaveLength(MAX_BANS);
      expect(bans.at(0)).toEqual({ userId: `user-${MAX_BANS + 4}` });
      expect(bans.at(-1)).toEqual({ userId: 'user-5' });
    });
  });

  test('are empty for an unknown room', async () => {
    await withReader(async ({ read, failures }) => {
      expect(await read('nobodys')).toEqual({ blockedTerms: [], bans: [] });
      expect(failures).toEqual([]);
    });
  });

  test('are read once for all messages of half a minute, also for concurrent ones', async () => {
    const room = await putRoom(['before']);
    await withReader(async ({ read, proxy, forward }) => {
      await Promise.all(Array.from({ length: 10 }, () => read(room.id)));
      await room.write(['after']);
      forward(29_999);
      expect((await read(room.id))?.blockedTerms).toEqual(['before']);
      expect(proxy.total()).toBe(2);
      forward(1);
      expect((await read(room.id))?.blockedTerms).toEqual(['after']);
      expect(proxy.total()).toBe(4);
    });
  });

  test('are evicted first for the room without a message for the longest time', async () => {
    const [first, second] = [await putRoom(['first']), await putRoom(['second'])];
    await withReader(
      async ({ read, proxy }) => {
        for (const id of [first.id, second.id, first.id, 'nobodys']) await read(id);
        const before = proxy.total();
        expect((await read(first.id))?.blockedTerms).toEqual(['first']);
        expect(proxy.total()).toBe(before);
        expect((await read(second.id))?.blockedTerms).toEqual(['second']);
        expect(proxy.total()).toBe(before + 2);
      },
      { maxRooms: 2 },
    );
  });
});

describe('when DynamoDB is slow', () => {
  test('a message is reviewed with the rules read last, and the next message uses the new rules without another read', async () => {
    const room = await putRoom(['before']);
    await withReader(
      async ({ read, proxy, setFault, forward, failures }) => {
        await until(async () => (await read(room.id))?.blockedTerms[0] === 'before');
        await room.write(['after']);
        forward(30_000);
        setFault({ kind: 'delay', ms: 400 });
        const before = proxy.total();
        expect((await read(room.id))?.blockedTerms).toEqual(['before']);
        await until(async () => (await read(room.id))?.blockedTerms[0] === 'after');
        expect(proxy.total()).toBe(before + 2);
        expect(failures).toEqual([]);
      },
      { waitMs: 20 },
    );
  });

  test("a room's first message has no rules", async () => {
    const room = await putRoom(['late']);
    await withReader(
      async ({ read, setFault }) => {
        setFault({ kind: 'delay', ms: 300 });
        expect(await read(room.id)).toBeUndefined();
        await until(async () => (await read(room.id))?.blockedTerms[0] === 'late');
      },
      { waitMs: 20 },
    );
  });

  test('one message waits for the read, and the others at that time do not', async () => {
    const room = await putRoom();
    await withReader(
      async ({ read, setFault, proxy }) => {
        setFault({ kind: 'delay', ms: 1_000 });
        await read(room.id);
        // Ten limits in a row would take longer than the read itself.
        for (let n = 0; n < 10; n++) await read(room.id);
        expect(Object.fromEntries(proxy.requests)).toEqual({ GetItem: 1 });
        setFault(undefined);
        await until(() => proxy.requests.has('Query'));
      },
      { waitMs: 120 },
    );
  });

  test('a read without any answer is given up, and repeated later', async () => {
    const room = await putRoom(['there']);
    await withReader(
      async ({ read, setFault, forward, failures, proxy }) => {
        setFault({ kind: 'delay', ms: 700 });
        expect(await read(room.id)).toBeUndefined();
        expect(failures).toHaveLength(1);
        setFault(undefined);
        await read(room.id);
        expect(proxy.total()).toBe(1);
        forward(5_000);
        expect((await read(room.id))?.blockedTerms).toEqual(['there']);
      },
      { requestMs: 300 },
    );
  });
});

describe('when DynamoDB refuses', () => {
  test('a room without a successful read does not count as a room without rules', async () => {
    const room = await putRoom(['there']);
    await withReader(async ({ read, setFault, failures }) => {
      setFault({ kind: 'disconnect' });
      expect(await read(room.id)).toBeUndefined();
      expect(await read(room.id)).toBeUndefined();
      expect(failures).toHaveLength(1);
    });
  });

  test.each([
    ['ALLOW', 3_600_000, true],
    ['DENY', 60_000, true],
    ['DENY', 60_001, false],
  ] as const)('under %s rules that were read %i ms ago are used: %s', async (fallback, age, isUsed) => {
    const room = await putRoom(['before']);
    await withReader(
      async ({ read, setFault, forward }) => {
        const rules = await read(room.id);
        expect(rules?.blockedTerms).toEqual(['before']);
        setFault({ kind: 'disconnect' });
        forward(age);
        expect(await read(room.id)).toEqual(isUsed ? rules : undefined);
        setFault(undefined);
        forward(5_000);
        expect(await read(room.id)).toEqual(rules);
      },
      { fallback },
    );
  });

  test.each<[string, Fault]>([
    ['an internal error', { kind: 'refuse', status: 500, type: 'InternalServerError' }],
    ['throttling', { kind: 'refuse', status: 400, type: 'ThrottlingException' }],
    ['a lost connection', { kind: 'disconnect' }],
    ['an invalid answer', { kind: 'answer', body: [] }],
  ])('the last rules stay in use, with one read per five seconds: %s', async (_, fault) => {
    const room = await putRoom(['before'], [ban('bob', '2026-01-01T00:00:00.000Z')]);
    await withReader(async ({ read, proxy, setFault, forward, failures }) => {
      const rules = await read(room.id);
      forward(30_000);
      setFault(fault);
      expect(await read(room.id)).toBe(rules);
      expect(failures).toHaveLength(1);
      const asked = proxy.total();
      expect(await read(room.id)).toBe(rules);
      expect(proxy.total()).toBe(asked);
    });
  });
});

test.each(['AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'CHAT_ROOMS_TABLE', 'BANS_TABLE'])(
  'a missing %s is an error that names it',
  name => {
    expect(() => roomRulesReader({ ...environmentOf('http://127.0.0.1:1'), [name]: undefined })).toThrow(
      name,
    );
  },
);
