import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll } from '@jest/globals';
import { deleteAccount } from '../../domain/accounts/deletion.ts';
import { lockout } from '../../domain/accounts/lockout.ts';
import { passwordHasher } from '../../domain/accounts/passwords.ts';
import { signUp } from '../../domain/accounts/signUp.ts';
import type { Budget } from '../../ivs/budget.ts';
import { stageControl } from '../../ivs/stageControl.ts';
import { userResources } from '../../ivs/userResources.ts';
import { finishPending } from '../../lambdas/maintenance/pending.ts';
import { sweepResources } from '../../lambdas/maintenance/sweep.ts';
import type { ResourceLimits } from '../../local/ivs/limits.ts';
import { unlimited } from '../../local/ivs/quotas.ts';
import { type TableName, tableNames } from '../../model/tables.ts';
import { getUser } from '../../store/users.ts';
import { eventHandler } from '../../streamEventsApi/handleEvent.ts';
import { cheapScrypt, movableClock } from '../support/accounts.ts';
import { testAttachments } from '../support/attachments.ts';
import { startDatabase, type TestDatabase } from '../support/database.ts';
import { engineScan } from '../support/engineScan.ts';
import { unusedBucket } from '../support/images.ts';
import { stateEvent } from '../support/ivsEvents.ts';
import { putRows } from '../support/rows.ts';
import { startIvs, type TestIvs } from '../unit/localIvsEndpoint.ts';
import { type Interruptions, interruptions } from './signUpInterruptions.ts';

export const STACK = 'UGC-test';
export const PASSWORD = 'correct horse battery';
export const NETWORK = '192.0.2.1';

/** A budget with enough time, in which waiting takes a moment. */
export const ample: Budget = { left: () => 30_000, wait: async () => void (await sleep(5)) };

/** A budget of `ms` milliseconds that is used up by waiting only. */
export function budgetFor(ms: number): Budget {
  let left = ms;
  return {
    left: () => left,
    wait: async pause => {
      left -= pause;
      await sleep(1);
    },
  };
}

export interface World extends Awaited<ReturnType<typeof startWorld>> {}

/** Accounts over the DynamoDB engine and the IVS simulator, with a test clock and interruptions. */
export async function startWorld(limits: Partial<ResourceLimits> = {}) {
  const [database, ivs] = await Promise.all([
    startDatabase(),
    startIvs({ quota: unlimited, stopDelayMs: 10, limits }),
  ]);
  const clients = { ivs: ivs.client, chat: ivs.chat, realTime: ivs.realTime };
  const { clock, forward } = movableClock();
  const resources = userResources(clients, { stackName: STACK, clock }, testAttachments);
  const faults: Interruptions = interruptions([database.client, ...Object.values(clients)]);
  const logged: { message: string; attributes: Record<string, unknown> }[] = [];
  const write = (message: string, attributes: Record<string, unknown>) =>
    void logged.push({ message, attributes });
  const dependencies = {
    database,
    resources,
    ivs: resources,
    bucket: unusedBucket,
    stages: stageControl(clients.realTime),
    clock,
    passwords: passwordHasher({ random: randomBytes, parameters: cheapScrypt }),
    lockout: lockout({ database, clock }),
    newUserId: () => randomUUID(),
    newId: () => randomUUID(),
    partner: { followers: 1_000, followerAgeDays: 0 },
    log: { info: write, error: write },
  };
  const handleEvent = eventHandler({
    database,
    clock,
    log: { info: write, warn: write, error: write },
    count: () => {},
  });

  return {
    database,
    ivs,
    clock,
    dependencies,
    /** Moves the clock forward by seconds. */
    forward,
    resources,
    faults,
    logged,
    handleEvent,
    signUp: (username: string, budget = ample, password = PASSWORD, network = NETWORK) =>
      signUp(dependencies)({ username, password, network }, budget),
    /** Deletes as a user who has just signed in. */
    deleteAccount: async (userId: string, budget = ample) => {
      const session = {
        id: `family-of-${userId}`,
        userId,
        passwordVersion: 0,
        createdAt: '2026-01-01T00:00:00.000Z',
      };
      if ((await getUser(database, userId))?.status === 'active')
        await putRows(database, 'sessions', [session]);
      return deleteAccount(dependencies)({ userId, session }, budget);
    },
    finishPending: (budget = ample) => finishPending(dependencies, budget),
    sweep: (budget = ample) => sweepResources(dependencies, budget),
    /** Starts a broadcast on a channel, at IVS and in the tables. Returns the stream id. */
    goLive: async (channelArn: string) => {
      const streamId = `st-${randomBytes(12).toString('hex').slice(0, 23)}`;
      for (const name of ['Session Created', 'Stream Start']) {
        const event = stateEvent(name, streamId, clock().toISOString(), { resources: [channelArn] });
        ivs.simulator.applyEvent(event);
        await handleEvent(event);
      }
      return streamId;
    },
    stop: async () => {
      await Promise.all([ivs.stop(), database.stop()]);
    },
  };
}

/** A world for the tests of one file. */
export function useWorld(): () => World {
  let world: World | undefined;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world?.stop());
  return () => {
    if (world === undefined) throw new Error('the world is started in beforeAll');
    return world;
  };
}

const passing = new Set<TableName>(['idempotency', 'rateLimits']);

/** How many rows each table has, without empty tables, those whose rows expire, and names that were given up. */
export async function rowCounts(database: TestDatabase): Promise<Partial<Record<TableName, number>>> {
  const { engine, names } = database;
  const counts = tableNames
    .filter(name => !passing.has(name))
    .map(async name => {
      const { count, rows } = await engineScan(
        engine.endpoint,
        names[name],
        name === 'usernames' ? 'rows' : 'count',
      );
      const given = rows.filter(row => typeof row === 'object' && row !== null && 'heldUntil' in row);
      return [name, count - given.length] as const;
    });
  return Object.fromEntries((await Promise.all(counts)).filter(([, count]) => count > 0));
}

/** The ARNs of all resources at IVS, in order. */
export function arnsAtIvs({ simulator }: TestIvs): string[] {
  const { channels, rooms, stages } = simulator.resources();
  return [...channels, ...rooms, ...stages].map(({ arn }) => arn).sort();
}
