import { describe, expect, test } from '@jest/globals';
import { signUp } from '../../domain/accounts/signUp.ts';
import { ABANDON_AFTER_MS } from '../../lambdas/maintenance/pending.ts';
import type { User } from '../../model/user.ts';
import { deleteItem, writeBatch } from '../../store/batchWrite.ts';
import { Tally } from '../../store/tally.ts';
import { userByName } from '../../store/users.ts';
import { putRows } from '../support/rows.ts';
import { ample, arnsAtIvs, budgetFor, NETWORK, PASSWORD, rowCounts, useWorld } from './signUpWorld.ts';

const world = useWorld();

/** A sign-up in which IVS fails after the channel is created. */
async function halfUser(username: string): Promise<User> {
  const at = world();
  at.ivs.simulator.faults.add({ operation: 'CreateRoom', failure: 'failed' });
  await expect(at.signUp(username)).rejects.toThrow();
  const user = await userByName(at.database, username);
  if (user === undefined) throw new Error('the name is not taken');
  return user;
}

describe('the schedule for pending work', () => {
  test('keeps an unfinished sign-up for a day, and deletes an older one', async () => {
    const at = world();
    const { id } = await halfUser('slow');
    at.forward(ABANDON_AFTER_MS / 1000);
    expect(await at.finishPending()).toEqual({ deleted: [], later: 1, failed: [] });
    expect(arnsAtIvs(at.ivs)).toHaveLength(1);
    at.forward(1);
    expect(await at.finishPending()).toEqual({ deleted: [id], later: 0, failed: [] });
    expect([await rowCounts(at.database), arnsAtIvs(at.ivs)]).toEqual([{}, []]);
  });

  test('keeps a sign-up that is in progress, however old it is', async () => {
    const at = world();
    await halfUser('back');
    at.forward(2 * (ABANDON_AFTER_MS / 1000));
    const { resources } = at.dependencies;
    const whileMaking: { report?: unknown } = {};
    const createRoom: typeof resources.createRoom = async (owner, budget) => {
      whileMaking.report = await at.finishPending();
      return resources.createRoom(owner, budget);
    };
    const { user } = await signUp({ ...at.dependencies, resources: { ...resources, createRoom } })(
      { username: 'back', password: PASSWORD, network: NETWORK },
      ample,
    );
    expect(whileMaking.report).toEqual({ deleted: [], later: 1, failed: [] });
    expect(await at.deleteAccount(user.id)).toBe('deleted');
  });

  test('logs a user that cannot be deleted, and continues with the next', async () => {
    const at = world();
    const times = { createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' };
    const broken = {
      id: 'broken',
      username: 'broken',
      usernameKey: 'broken',
      status: 'deleting',
      pending: 'true',
      // Not an ARN, so that IVS refuses it.
      madeRoom: { arn: 'room' },
      version: 1,
      ...times,
    };
    await putRows(at.database, 'users', [broken]);
    const { user } = await at.signUp('sound');
    at.ivs.simulator.faults.add({ operation: 'DeleteStage', failure: 'throttled', times: 50 });
    expect(await at.deleteAccount(user.id, budgetFor(300))).toBe('deleting');
    at.ivs.simulator.faults.clear();

    expect(await at.finishPending()).toEqual({ deleted: [user.id], later: 0, failed: ['broken'] });
    const told = at.logged.filter(({ message }) => message === 'user not deleted');
    expect(told).toMatchObject([
      { attributes: { userId: 'broken', error: { name: 'ValidationException' } } },
    ]);
    await writeBatch(at.database, [deleteItem('users', { id: 'broken' })], new Tally());
  });

  test('leaves a deletion to the next run when there is no time', async () => {
    const at = world();
    const { user } = await at.signUp('unlucky');
    expect(await at.deleteAccount(user.id, budgetFor(0))).toBe('deleting');
    expect(await at.finishPending(budgetFor(0))).toEqual({ deleted: [], later: 0, failed: [] });
    expect(await at.finishPending(ample)).toEqual({ deleted: [user.id], later: 0, failed: [] });
  });
});
