import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { LEASE_MS, signUp } from '../../domain/accounts/signUp.ts';
import { BusyError, ConflictError, UnauthenticatedError } from '../../domain/errors.ts';
import { SWEEP_AFTER_MS } from '../../lambdas/maintenance/sweep.ts';
import { guessLimits } from '../../model/rateLimit.ts';
import { getUser, userByName } from '../../store/users.ts';
import { testAccounts } from '../support/accounts.ts';
import { interruptionKinds } from './signUpInterruptions.ts';
import {
  ample,
  arnsAtIvs,
  budgetFor,
  NETWORK,
  PASSWORD,
  rowCounts,
  startWorld,
  useWorld,
  type World,
} from './signUpWorld.ts';

const world = useWorld();

/** Counts the requests of a sign-up. */
async function requestsOfSignUp(at: World): Promise<number> {
  at.faults.clear();
  const { user } = await at.signUp(`counted-${randomUUID().slice(0, 8)}`);
  const count = at.faults.count();
  at.faults.clear();
  await at.deleteAccount(user.id);
  return count;
}

/** Moves the clock by an hour and runs the schedules. */
async function anHourLater(at: World): Promise<void> {
  at.forward(SWEEP_AFTER_MS / 1000 + 60);
  await at.finishPending();
  expect((await at.sweep()).failed).toEqual([]);
}

describe('a sign-up', () => {
  test('makes a channel, a chat room and a stage, and the rows of them', async () => {
    const at = world();
    const { user, channel, chatRoom, stage } = await at.signUp('Ann');
    expect(arnsAtIvs(at.ivs)).toEqual([channel.arn, chatRoom.arn, stage.arn].sort());
    const [made] = at.ivs.simulator.resources().channels;
    expect(made).toMatchObject({
      name: 'Ann',
      type: 'STANDARD',
      tags: { stack: 'UGC-test', user: user.id, createdAt: at.clock().toISOString() },
      streamKeys: [{ arn: channel.streamKeyArn, value: channel.streamKey }],
    });
    expect(await rowCounts(at.database)).toEqual({
      users: 1,
      usernames: 1,
      channels: 1,
      chatRooms: 1,
      stages: 1,
    });
    const row = await getUser(at.database, user.id);
    expect(row).toMatchObject({ status: 'active', username: 'Ann', channelId: channel.id });
    // The stream key is stored in one place.
    for (const gone of ['pending', 'leaseUntil', 'madeChannel', 'madeRoom', 'madeStage'])
      expect(row).not.toHaveProperty(gone);
    expect(await at.deleteAccount(user.id)).toBe('deleted');
  });

  test('for a name that is taken, in any case, is refused without a call of IVS', async () => {
    const at = world();
    const { user } = await at.signUp('Taken');
    const calls = at.ivs.simulator.calls();
    await expect(at.signUp('tAKEN')).rejects.toThrow(
      new ConflictError('username-taken', 'the username is taken'),
    );
    expect(at.ivs.simulator.calls()).toEqual(calls);
    await at.deleteAccount(user.id);
  });

  test('that IVS throttles is answered with Busy, and the next attempt continues at once', async () => {
    const at = world();
    at.ivs.simulator.faults.add({ operation: 'CreateStage', failure: 'throttled', times: 3 });
    await expect(at.signUp('busy', budgetFor(500))).rejects.toThrow(BusyError);
    const half = arnsAtIvs(at.ivs);
    expect(half).toHaveLength(2);
    at.ivs.simulator.faults.clear();
    const { user } = await at.signUp('BUSY');
    expect(arnsAtIvs(at.ivs)).toEqual(expect.arrayContaining(half));
    expect(arnsAtIvs(at.ivs)).toHaveLength(3);
    await at.deleteAccount(user.id);
  });

  test('can be continued only with its password', async () => {
    const at = world();
    at.ivs.simulator.faults.add({ operation: 'CreateRoom', failure: 'failed' });
    await expect(at.signUp('guarded')).rejects.toThrow();
    await expect(at.signUp('guarded', undefined, 'another password')).rejects.toThrow('taken');
    const { user } = await at.signUp('guarded');
    await at.deleteAccount(user.id);
  });

  test('that was interrupted can be continued after as many wrong passwords as a sign-in allows, and no more', async () => {
    const at = world();
    const { signIn } = testAccounts(at.database, at.clock);
    at.ivs.simulator.faults.add({ operation: 'CreateRoom', failure: 'failed' });
    await expect(at.signUp('half-made')).rejects.toThrow();
    const signUpFrom = (network: string, password: string) =>
      at.signUp('half-made', undefined, password, network);
    for (const n of [1, 2, 3])
      await expect(signUpFrom('198.51.100.1', `wrong ${n}`)).rejects.toMatchObject({
        reason: 'username-taken',
      });
    for (const n of [4, 5])
      await expect(signIn('half-made', `wrong ${n}`, { network: '198.51.100.1' })).rejects.toThrow(
        UnauthenticatedError,
      );
    await expect(signUpFrom('198.51.100.1', PASSWORD)).rejects.toMatchObject({ reason: 'sign-in-locked' });

    let wrong = 5;
    const refusals = new Set<string>();
    for (let n = 0; n < 2 * guessLimits.perDay; n++) {
      const refusal = await signUpFrom(`203.0.113.${n}`, 'a wrong guess').catch(error => error.reason);
      refusals.add(refusal);
      if (refusal !== 'username-taken') break;
      wrong++;
    }
    expect([wrong, [...refusals]]).toEqual([guessLimits.perDay, ['username-taken', 'sign-in-locked']]);

    at.forward(24 * 60 * 60);
    const { user } = await signUpFrom('198.51.100.1', PASSWORD);
    await at.deleteAccount(user.id);
  });

  test('that is repeated with the right password ten times uses no guess', async () => {
    const at = world();
    at.ivs.simulator.faults.add({ operation: 'CreateRoom', failure: 'failed', times: 30 });
    for (let n = 0; n < 10; n++)
      await expect(at.signUp('persistent', budgetFor(0))).rejects.not.toMatchObject({
        reason: 'sign-in-locked',
      });
    at.ivs.simulator.faults.clear();
    const { user } = await at.signUp('persistent');
    await at.deleteAccount(user.id);
  });

  test('that is in progress elsewhere compares no password and uses no guess', async () => {
    const at = world();
    at.faults.plan(4, 'killed');
    await expect(at.signUp('occupied')).rejects.toThrow('ended');
    at.faults.clear();
    for (let n = 0; n < 10; n++)
      await expect(at.signUp('occupied', undefined, `wrong ${n}`)).rejects.toMatchObject({
        reason: 'sign-up-in-progress',
      });
    at.forward(LEASE_MS / 1000);
    const { user } = await at.signUp('occupied');
    await at.deleteAccount(user.id);
    await anHourLater(at);
  });

  test('that is in progress elsewhere cannot be continued until its lease has expired', async () => {
    const at = world();
    at.faults.plan(4, 'killed');
    await expect(at.signUp('leased')).rejects.toThrow('ended');
    at.faults.clear();
    await expect(at.signUp('leased')).rejects.toMatchObject({
      name: 'ConflictError',
      retryAfterSeconds: LEASE_MS / 1000,
    });
    at.forward(LEASE_MS / 1000);
    const { user } = await at.signUp('leased');
    await at.deleteAccount(user.id);
    await anHourLater(at);
  });

  test('whose lease has expired deletes what it made, while another request continues', async () => {
    const at = world();
    const { resources } = at.dependencies;
    const credentials = { username: 'overtaken', password: PASSWORD, network: NETWORK };
    // The second request has recorded a room, and makes no stage until the first has failed.
    let goOn = () => {};
    const slowIsThrough = new Promise<void>(resolve => {
      goOn = resolve;
    });
    let second: Promise<unknown> = Promise.resolve();
    const hasRoom = () =>
      new Promise<void>(resolve => {
        const createStage: typeof resources.createStage = async (owner, budget) => {
          resolve();
          await slowIsThrough;
          return resources.createStage(owner, budget);
        };
        second = signUp({ ...at.dependencies, resources: { ...resources, createStage } })(credentials, ample);
      });
    const createRoom: typeof resources.createRoom = async (owner, budget) => {
      const room = await resources.createRoom(owner, budget);
      at.forward(LEASE_MS / 1000);
      await hasRoom();
      return room;
    };
    const slow = signUp({ ...at.dependencies, resources: { ...resources, createRoom } })(credentials, ample);
    await expect(slow).rejects.toThrow(ConflictError);
    goOn();
    await second;
    const user = await userByName(at.database, 'overtaken');
    expect(user?.status).toBe('active');
    expect(at.ivs.simulator.resources().rooms.map(({ arn }) => arn.split('/').at(-1))).toEqual([
      user?.chatRoomId,
    ]);
    await at.deleteAccount(user?.id ?? '');
    expect(arnsAtIvs(at.ivs)).toEqual([]);
  });

  test('that stood still for hours records no resource that was swept meanwhile', async () => {
    const at = world();
    const { resources } = at.dependencies;
    const createRoom: typeof resources.createRoom = async (owner, budget) => {
      const room = await resources.createRoom(owner, budget);
      at.forward(2 * (SWEEP_AFTER_MS / 1000));
      expect((await at.sweep()).removed).toEqual([room.arn]);
      return room;
    };
    const still = signUp({ ...at.dependencies, resources: { ...resources, createRoom } });
    await expect(still({ username: 'frozen', password: PASSWORD, network: NETWORK }, ample)).rejects.toThrow(
      ConflictError,
    );
    const { user, chatRoom } = await at.signUp('frozen');
    expect(at.ivs.simulator.resources().rooms.map(({ arn }) => arn)).toEqual([chatRoom.arn]);
    await at.deleteAccount(user.id);
  });

  test('in an account at its quota of rooms fails, and keeps its other resources for the next attempt', async () => {
    const at = await startWorld({ rooms: 0 });
    try {
      await expect(at.signUp('crowded')).rejects.toMatchObject({ name: 'BusyError', reason: 'ivs-quota' });
      expect(await userByName(at.database, 'crowded')).toMatchObject({
        status: 'creating',
        madeChannel: { arn: arnsAtIvs(at.ivs)[0] },
      });
      await expect(at.signUp('crowded')).rejects.toMatchObject({ reason: 'ivs-quota' });
      expect(arnsAtIvs(at.ivs)).toHaveLength(1);
    } finally {
      await at.stop();
    }
  });
});

describe('50 sign-ups for one name at once', () => {
  test('make one user with one set of resources; the others learn that it is taken or in progress', async () => {
    const at = world();
    const attempts = await Promise.allSettled(
      Array.from({ length: 50 }, (_, n) =>
        at.signUp(n % 2 === 0 ? 'Popular' : 'pOPULAR', undefined, `password ${n}`),
      ),
    );
    const made = attempts.filter(attempt => attempt.status === 'fulfilled');
    const refused = attempts.filter(
      attempt => attempt.status === 'rejected' && attempt.reason instanceof ConflictError,
    );
    expect([made.length, refused.length]).toEqual([1, 49]);
    expect(arnsAtIvs(at.ivs)).toHaveLength(3);
    expect(await rowCounts(at.database)).toEqual({
      users: 1,
      usernames: 1,
      channels: 1,
      chatRooms: 1,
      stages: 1,
    });
    const user = await userByName(at.database, 'popular');
    await at.deleteAccount(user?.id ?? '');
    expect(arnsAtIvs(at.ivs)).toEqual([]);
  });
});

describe('a sign-up interrupted at any one of its requests', () => {
  test.each(interruptionKinds)(
    '%s, and tried again, ends with one user and one set of resources',
    async kind => {
      const at = world();
      const requests = await requestsOfSignUp(at);
      expect(requests).toBeGreaterThanOrEqual(9);
      for (let nth = 1; nth <= requests; nth++) {
        const name = `again-${kind}-${nth}`;
        at.faults.plan(nth, kind);
        await at.signUp(name).catch(() => undefined);
        expect([name, at.faults.wasInterrupted()]).toEqual([name, true]);
        at.faults.clear();
        at.forward(LEASE_MS / 1000);
        // The name is taken if the last request was carried out.
        const again = await at.signUp(name).catch(error => error);
        const user = await userByName(at.database, name);
        expect([name, user?.status]).toEqual([name, 'active']);
        if (again instanceof Error)
          expect(again).toEqual(new ConflictError('username-taken', 'the username is taken'));
        await anHourLater(at);
        const { channels, rooms, stages } = at.ivs.simulator.resources();
        const idOf = ({ arn }: { arn: string }) => arn.split('/').at(-1);
        expect([name, channels.map(idOf), rooms.map(idOf), stages.map(idOf)]).toEqual([
          name,
          [user?.channelId],
          [user?.chatRoomId],
          [user?.stageId],
        ]);
        expect([name, await rowCounts(at.database)]).toEqual([
          name,
          { users: 1, usernames: 1, channels: 1, chatRooms: 1, stages: 1 },
        ]);
        await at.deleteAccount(user?.id ?? '');
      }
    },
  );

  test.each(interruptionKinds)('%s, and never tried again, leaves nothing after a day', async kind => {
    const at = world();
    const requests = await requestsOfSignUp(at);
    for (let nth = 1; nth <= requests; nth++) {
      const name = `never-${kind}-${nth}`;
      at.faults.plan(nth, kind);
      await at.signUp(name).catch(() => undefined);
      expect([name, at.faults.wasInterrupted()]).toEqual([name, true]);
      at.faults.clear();
      at.forward(25 * 60 * 60);
      await anHourLater(at);
      const user = await userByName(at.database, name);
      // The interrupted request was carried out.
      if (user?.status === 'active') await at.deleteAccount(user.id);
      expect([name, await rowCounts(at.database), arnsAtIvs(at.ivs)]).toEqual([name, {}, []]);
    }
  });
});
