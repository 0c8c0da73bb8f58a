import { randomBytes } from 'node:crypto';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { passwordHasher } from '../../domain/accounts/passwords.ts';
import type { ProvenCaller } from '../../domain/accounts/stepUp.ts';
import {
  BusyError,
  ConflictError,
  ForbiddenError,
  NotFoundError,
  UnauthenticatedError,
} from '../../domain/errors.ts';
import { finishPendingChannels } from '../../domain/pendingChannels.ts';
import { finishStreamKey, getIngest, replaceStreamKey } from '../../domain/streamKey.ts';
import { budgetOf } from '../../ivs/budget.ts';
import type { UserResources } from '../../ivs/ports.ts';
import { userResources } from '../../ivs/userResources.ts';
import { unlimited } from '../../local/ivs/quotas.ts';
import type { Channel } from '../../model/channel.ts';
import { type Database, documentClient } from '../../store/database.ts';
import { cheapScrypt, movableClock, putAccount, testAccounts } from '../support/accounts.ts';
import { testAttachments } from '../support/attachments.ts';
import { localCredentials, useDatabase } from '../support/database.ts';
import { readChannelRow } from '../support/eventHandling.ts';
import { KilledError } from '../support/faults.ts';
import { putRows } from '../support/rows.ts';
import { startIvs, type TestIvs } from '../unit/localIvsEndpoint.ts';

const database = useDatabase();
const { clock, forward } = movableClock();
const LEASE_IS_OVER_SECONDS = 121;
const PASSWORD = 'correct horse';
const passwords = passwordHasher({ random: randomBytes, parameters: cheapScrypt });

let ivs: TestIvs;
beforeAll(async () => {
  ivs = await startIvs({ quota: unlimited });
});
afterAll(() => ivs.stop());

function resources(): UserResources {
  const { client, chat, realTime } = ivs;
  return userResources({ ivs: client, chat, realTime }, { stackName: 'UGC-test', clock }, testAttachments);
}

let leases = 0;
function dependencies(overrides: { database?: Database; resources?: UserResources } = {}) {
  return {
    database: database(),
    resources: resources(),
    clock,
    newId: () => `lease-${++leases}`,
    partner: { followers: 1_000, followerAgeDays: 0 },
    ...overrides,
  };
}

let made = 0;
/** A channel that IVS has, with its first key. */
async function newChannel(): Promise<Channel> {
  const username = `caster-${++made}`;
  const { arn, streamKey } = await resources().createChannel({ userId: username, name: username });
  const id = arn.split('/').at(-1) ?? '';
  const { channel: row } = await putAccount(database(), username, {
    user: { passwordHash: await passwords.hash(PASSWORD) },
    channel: { id, arn, streamKey: streamKey.value, streamKeyArn: streamKey.arn },
  });
  return row;
}

/** The owner of a channel, who has just signed in. */
async function ownerOf({ username }: Pick<Channel, 'username'>): Promise<ProvenCaller> {
  const { tokens, signIn, stepUp } = testAccounts(database(), clock);
  const { accessToken } = await signIn(username, PASSWORD);
  return stepUp.prove(await tokens.verify(accessToken));
}

const replaceAs = (caller: ProvenCaller, overrides = {}, budget = budgetOf(2_000)) =>
  replaceStreamKey(dependencies(overrides), caller, budget);
const replace = async (channel: Channel, overrides = {}) => replaceAs(await ownerOf(channel), overrides);
const finish = () => finishPendingChannels(dependencies(), budgetOf(5_000));
const rowOf = (channel: Channel) => readChannelRow(database(), channel.id);
const keysAtIvs = (channel: Channel) =>
  ivs.simulator.resources().channels.find(({ arn }) => arn === channel.arn)?.streamKeys ?? [];

/** The promise: the row has a key that IVS has, or it has no key and is marked as pending. */
async function expectKeptPromise(channel: Channel): Promise<void> {
  const { streamKey, streamKeyArn, pending } = await rowOf(channel);
  if (streamKey === undefined) expect(pending).toBe('true');
  else expect(keysAtIvs(channel)).toEqual([{ arn: streamKeyArn, value: streamKey }]);
}

/** The final state: the row and IVS have the same key, and nothing is pending. */
async function expectHealed(channel: Channel): Promise<void> {
  await expectKeptPromise(channel);
  const { streamKey, pending, keyLease } = await rowOf(channel);
  expect(streamKey).toBeDefined();
  expect([pending, keyLease]).toEqual([undefined, undefined]);
  expect(await getIngest(database(), await ownerOf(channel))).toEqual({
    endpoint: channel.ingestEndpoint,
    streamKey,
  });
}

/** A step is a request to DynamoDB or a call of IVS. */
interface Steps {
  readonly database: Database;
  readonly resources: UserResources;
  readonly taken: string[];
  close(): void;
}

/**
 * Dependencies of a process that ends at step `last`, before or after the step is carried out. `each` is
 * called between the steps.
 */
function processUntil(last: number, when: 'before' | 'after', each: () => Promise<void>): Steps {
  const { names, engine } = database();
  const client = documentClient({ ...localCredentials, endpoint: engine.endpoint });
  const taken: string[] = [];
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    if (taken.length > last) throw new KilledError(name);
    const isLast = taken.push(name) > last;
    if (isLast && when === 'before') throw new KilledError(name);
    const answer = await work();
    await each();
    if (isLast) throw new KilledError(name);
    return answer;
  };
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      args =>
        step(commandName, () => next(args)),
    {
      step: 'initialize',
      name: 'steps',
    },
  );
  const real = resources();
  const stepped: UserResources = {
    ...real,
    createStreamKey: (...args) => step('CreateStreamKey', () => real.createStreamKey(...args)),
    deleteStreamKey: (...args) => step('DeleteStreamKey', () => real.deleteStreamKey(...args)),
    listStreamKeys: (...args) => step('ListStreamKeys', () => real.listStreamKeys(...args)),
  };
  return { database: { client, names }, resources: stepped, taken, close: () => client.destroy() };
}

const noKill = Number.POSITIVE_INFINITY;
// Read and write the row, delete and create the key at IVS, read and write the row. The first test checks
// this number.
const STEPS = 6;
const kills = Array.from({ length: STEPS }, (_, at) => [
  { at, when: 'before' as const },
  { at, when: 'after' as const },
]).flat();

describe('replacing a stream key', () => {
  test('takes the number of steps that the kills below use, and keeps its promise after each', async () => {
    const channel = await newChannel();
    const steps = processUntil(noKill, 'after', () => expectKeptPromise(channel));
    const { streamKey } = await replace(channel, steps);
    steps.close();
    expect(steps.taken).toHaveLength(STEPS);
    expect(streamKey).not.toBe(channel.streamKey);
    expect((await rowOf(channel)).streamKey).toBe(streamKey);
    await expectHealed(channel);
  });

  test.each(kills)('killed $when step $at, is finished by the schedule', async ({ at, when }) => {
    const channel = await newChannel();
    const steps = processUntil(at, when, () => expectKeptPromise(channel));
    await expect(replace(channel, steps)).rejects.toThrow(KilledError);
    steps.close();
    await expectKeptPromise(channel);
    forward(LEASE_IS_OVER_SECONDS);
    expect((await finish()).failed).toEqual([]);
    await expectHealed(channel);
  });

  test.each(kills)('killed $when step $at, is finished by the next request', async ({ at, when }) => {
    const channel = await newChannel();
    const steps = processUntil(at, when, () => expectKeptPromise(channel));
    await expect(replace(channel, steps)).rejects.toThrow(KilledError);
    steps.close();
    forward(LEASE_IS_OVER_SECONDS);
    const { streamKey } = await replace(channel);
    expect((await rowOf(channel)).streamKey).toBe(streamKey);
    expect(streamKey).not.toBe(channel.streamKey);
    await expectHealed(channel);
  });

  test('killed again at each step of finishing a key that was not recorded, is finished in the end', async () => {
    const unrecorded = async () => {
      const channel = await newChannel();
      const steps = processUntil(3, 'after', async () => {});
      await expect(replace(channel, steps)).rejects.toThrow(KilledError);
      steps.close();
      expect(steps.taken.at(-1)).toBe('CreateStreamKey');
      forward(LEASE_IS_OVER_SECONDS);
      return channel;
    };
    const whole = await unrecorded();
    const all = processUntil(noKill, 'after', () => expectKeptPromise(whole));
    await replace(whole, all);
    all.close();
    expect(all.taken).toEqual(expect.arrayContaining(['ListStreamKeys']));
    await expectHealed(whole);

    for (let at = 0; at < all.taken.length; at++) {
      const channel = await unrecorded();
      const steps = processUntil(at, 'after', () => expectKeptPromise(channel));
      await expect(replace(channel, steps)).rejects.toThrow(KilledError);
      steps.close();
      forward(LEASE_IS_OVER_SECONDS);
      expect((await finish()).failed).toEqual([]);
      await expectHealed(channel);
    }
  });

  test.each([
    ['CreateStreamKey', 'lostAnswer', 1],
    ['DeleteStreamKey', 'lostAnswer', 1],
    ['CreateStreamKey', 'failed', 1],
    ['DeleteStreamKey', 'failed', 100],
    ['CreateStreamKey', 'throttled', 100],
    ['DeleteStreamKey', 'throttled', 100],
  ] as const)(
    'after %s %s at IVS, is finished by the next request without waiting',
    async (operation, failure, times) => {
      const channel = await newChannel();
      ivs.simulator.faults.add({ operation, failure, times });
      const outcome = await replaceAs(await ownerOf(channel), {}, budgetOf(300)).catch(error => error);
      if (failure === 'throttled') expect(outcome).toBeInstanceOf(BusyError);
      await expectKeptPromise(channel);
      ivs.simulator.faults.clear();
      const { streamKey } = await replace(channel);
      expect((await rowOf(channel)).streamKey).toBe(streamKey);
      await expectHealed(channel);
    },
  );

  test('of a channel that IVS does not have is an error that says so', async () => {
    const channel = await newChannel();
    await resources().deleteChannel(channel.arn);
    await expect(replace(channel)).rejects.toThrow(NotFoundError);
    const nobody = { ...(await ownerOf(channel)), channelId: 'nobody' };
    await expect(replaceAs(nobody)).rejects.toThrow(NotFoundError);
  });
});

describe('replacing a stream key many times at once', () => {
  test('lets one through and refuses the others, with one key at the end', async () => {
    const channel = await newChannel();
    const caller = await ownerOf(channel);
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => replaceAs(caller)));
    const refused = outcomes.filter(outcome => outcome.status === 'rejected');
    expect(refused.length).toBeLessThan(10);
    for (const { reason } of refused) expect(reason).toBeInstanceOf(ConflictError);
    await expectHealed(channel);
  });

  /** Stops at the call of IVS named `at` until the gate is opened. */
  function held(at: 'createStreamKey' | 'deleteStreamKey', when: 'before' | 'after') {
    const gate = { open: () => {}, reached: Promise.resolve() };
    const opened = new Promise<void>(resolve => {
      gate.open = resolve;
    });
    const real = resources();
    let arrive = () => {};
    gate.reached = new Promise<void>(resolve => {
      arrive = resolve;
    });
    const wait = () => {
      arrive();
      return opened;
    };
    const through = async <T>(work: () => Promise<T>): Promise<T> => {
      if (when === 'before') await wait();
      const answer = await work();
      if (when === 'after') await wait();
      return answer;
    };
    const slow: UserResources = {
      ...real,
      [at]: (arn: string) => through<unknown>(() => real[at](arn)),
    };
    return { gate, slow };
  }

  test.each([
    ['createStreamKey', 'before'],
    ['createStreamKey', 'after'],
    ['deleteStreamKey', 'before'],
    ['deleteStreamKey', 'after'],
  ] as const)(
    'keeps the key of a later request when the first one stopped at %s, %s it',
    async (at, when) => {
      const channel = await newChannel();
      const { gate, slow } = held(at, when);
      const overtaken = replace(channel, { resources: slow }).catch(error => error);
      await gate.reached;
      forward(LEASE_IS_OVER_SECONDS);
      const { streamKey } = await replace(channel);
      gate.open();
      expect(await overtaken).toBeInstanceOf(ConflictError);
      expect((await rowOf(channel)).streamKey).toBe(streamKey);
      await expectHealed(channel);
    },
  );

  test('leaves nothing to do for a schedule that read the channel a moment before', async () => {
    const channel = await newChannel();
    const interrupted = processUntil(1, 'after', async () => {});
    await expect(replace(channel, interrupted)).rejects.toThrow(KilledError);
    interrupted.close();
    forward(LEASE_IS_OVER_SECONDS);
    const { names, engine } = database();
    const client = documentClient({ ...localCredentials, endpoint: engine.endpoint });
    let told: string | undefined;
    client.middlewareStack.add(
      (next, { commandName }) =>
        async args => {
          const answer = await next(args);
          // The row changes between the schedule's read and its first write.
          if (commandName === 'GetItemCommand' && told === undefined)
            told = (await replace(channel)).streamKey;
          return answer;
        },
      { step: 'initialize', name: 'ownerComesFirst' },
    );
    const overtaken = dependencies({ database: { client, names } });
    await finishStreamKey(overtaken, channel.id, budgetOf(2_000));
    client.destroy();
    expect((await rowOf(channel)).streamKey).toBe(told);
    await expectHealed(channel);
  });

  test('succeeds when the answer to its own first write was lost', async () => {
    const channel = await newChannel();
    const { names, engine } = database();
    const client = documentClient({ ...localCredentials, endpoint: engine.endpoint });
    const sent = loseFirstAnswer(client, 'TransactWriteItemsCommand');
    await replace(channel, { database: { client, names } });
    client.destroy();
    expect(sent()).toBeGreaterThan(1);
    await expectHealed(channel);
  });
});

/**
 * Loses the answer to the client's first command of this kind, below the SDK's retries. Returns how many were
 * carried out.
 */
function loseFirstAnswer(client: DynamoDBDocumentClient, command: string): () => number {
  let sent = 0;
  client.middlewareStack.add(
    (next, { commandName }) =>
      async args => {
        const answer = await next(args);
        if (commandName !== command || sent++ > 0) return answer;
        throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
      },
    { step: 'deserialize', name: 'lostAnswer', priority: 'high' },
  );
  return () => sent;
}

describe('while there is no key', () => {
  test('an owner is told to retry, and does not get the old key', async () => {
    const channel = await newChannel();
    const steps = processUntil(1, 'after', async () => {});
    await expect(replace(channel, steps)).rejects.toThrow(KilledError);
    steps.close();
    await expect(getIngest(database(), await ownerOf(channel))).rejects.toThrow(BusyError);
    await expect(replace(channel)).rejects.toThrow(ConflictError);
    expect((await finish()).later).toBeGreaterThan(0);
    forward(LEASE_IS_OVER_SECONDS);
    await finish();
    await expectHealed(channel);
  });
});

describe('a sign-in that ends after the step-up', () => {
  const over = 'the sign-in of this access token has ended';
  const ends: [string, (caller: ProvenCaller) => Promise<unknown>][] = [
    ['signs out', caller => testAccounts(database(), clock).sessions.end(caller)],
    [
      'belongs to an earlier password',
      async ({ user }) => {
        // The row of the sign-in still exists, and is deleted later.
        await putRows(database(), 'users', [{ ...user, passwordVersion: 1, version: user.version + 1 }]);
      },
    ],
    [
      'belongs to an account that is being deleted',
      async ({ user }) => putRows(database(), 'users', [{ ...user, status: 'deleting' }]),
    ],
  ];
  /** Ends the sign-in after this step, counted from 1. */
  const endingAfter = (step: number, end: () => Promise<unknown>) => {
    let taken = 0;
    return processUntil(noKill, 'after', async () => {
      if (++taken === step) await end();
    });
  };

  test.each(ends)('and %s before the key is removed from the row replaces nothing', async (_, end) => {
    const channel = await newChannel();
    const caller = await ownerOf(channel);
    const steps = endingAfter(1, () => end(caller));
    const refused = replaceAs(caller, steps);
    await expect(refused).rejects.toThrow(UnauthenticatedError);
    await expect(refused).rejects.toThrow(over);
    steps.close();
    expect(steps.taken).toHaveLength(2);
    expect(await rowOf(channel)).toEqual(channel);
    await expectKeptPromise(channel);
  });

  test('and whose proof expires meanwhile replaces nothing', async () => {
    const channel = await newChannel();
    const caller = await ownerOf(channel);
    const steps = endingAfter(1, async () => forward(301));
    await expect(replaceAs(caller, steps)).rejects.toThrow(ForbiddenError);
    steps.close();
    expect(await rowOf(channel)).toEqual(channel);
    await expectKeptPromise(channel);
  });

  test.each(ends)('and %s while the key is made does not get the new key', async (_, end) => {
    const channel = await newChannel();
    const caller = await ownerOf(channel);
    const steps = endingAfter(4, () => end(caller));
    await expect(replaceAs(caller, steps)).rejects.toThrow(over);
    steps.close();
    expect(steps.taken[3]).toBe('CreateStreamKey');
    const { streamKey, pending } = await rowOf(channel);
    expect(streamKey).not.toBe(channel.streamKey);
    expect([streamKey, pending]).toEqual([keysAtIvs(channel)[0]?.value, undefined]);
  });

  test.each(ends)(
    'and %s while the key is made does not get it when the answer to the write is lost',
    async (_, end) => {
      const channel = await newChannel();
      const caller = await ownerOf(channel);
      const steps = endingAfter(4, () => end(caller));
      const lost = loseFirstAnswer(steps.database.client, 'UpdateItemCommand');
      await expect(replaceAs(caller, steps)).rejects.toThrow(over);
      steps.close();
      expect(lost()).toBe(1);
      expect((await rowOf(channel)).streamKey).toBe(keysAtIvs(channel)[0]?.value);
    },
  );

  test.each(ends)('and %s while the key is read does not get the key', async (_, end) => {
    const channel = await newChannel();
    const caller = await ownerOf(channel);
    const steps = endingAfter(1, () => end(caller));
    await expect(getIngest(steps.database, caller)).rejects.toThrow(over);
    steps.close();
  });
});
