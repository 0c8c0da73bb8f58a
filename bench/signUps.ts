import { setTimeout as sleep } from 'node:timers/promises';
import { userResources } from '../ivs/userResources.ts';
import { createApi } from '../lambdas/api/api.ts';
import type { HttpApp } from '../lambdas/api/http/context.ts';
import { sweepResources } from '../lambdas/maintenance/sweep.ts';
import type { Database } from '../store/database.ts';
import { userByName } from '../store/users.ts';
import { testAttachments } from '../test/support/attachments.ts';
import { benchDependencies } from './support/benchApi.ts';
import { withDatabase } from './support/database.ts';
import { withIvs } from './support/ivs.ts';
import { addFigure, printTable } from './support/report.ts';

// Many sign-ups at the same time. With IVS's quota of 5 calls per second they take at least 19 seconds.
const SIGN_UPS = 100;
const MAX_ATTEMPTS = 5;
const STACK = 'UGC-bench';

/** The result of one person's sign-up. */
interface SignUpResult {
  /** The status of each attempt. */
  readonly statuses: readonly number[];
  readonly seconds: number;
}

async function main(): Promise<void> {
  await withDatabase(database =>
    withIvs(async (clients, simulator) => {
      const clock = () => new Date();
      const resources = userResources(clients, { stackName: STACK, clock }, testAttachments);
      const app = apiOver(database, resources, clock);
      const from = performance.now();
      const people = await Promise.all(
        Array.from({ length: SIGN_UPS }, (_, n) => signUp(app, `person-${n}`, `10.0.${n}.1`)),
      );
      const seconds = (performance.now() - from) / 1000;

      const lastStatus = (person: SignUpResult) => person.statuses.at(-1);
      const immediately = people.filter(({ statuses }) => statuses[0] === 201).length;
      const retried = people.filter(
        person => person.statuses.length > 1 && lastStatus(person) === 201,
      ).length;
      const waits = people.map(person => person.seconds).sort((a, b) => a - b);
      printTable(`Sign-ups: ${SIGN_UPS} at once, with IVS's quota of 5 calls per second`, [
        ['answer', 'people'],
        ['201 to the first request', immediately],
        ['201 to a retry after a 503', retried],
        ['failed', SIGN_UPS - immediately - retried],
      ]);
      printTable('Sign-ups: duration', [
        ['', 'seconds'],
        ['half of the people were signed up after', oneDecimal(waits[Math.floor(SIGN_UPS / 2)])],
        ['all people were signed up after', oneDecimal(seconds)],
        ['theoretical minimum with the quota', oneDecimal((SIGN_UPS - 5) / 5)],
      ]);

      addFigure(
        '100 sign-ups: duration compared with the theoretical minimum',
        seconds / ((SIGN_UPS - 5) / 5),
        {
          atMost: 1.4,
        },
      );
      const recorded = await recordedIds(database);
      const { channels, rooms, stages } = simulator.resources();
      const created = [...channels, ...rooms, ...stages].map(({ arn }) => arn);
      const inTwoHours = () => new Date(Date.now() + 2 * 60 * 60 * 1000);
      const quiet = { info: () => {}, error: () => {} };
      const budget = { left: () => 60_000, wait: async (ms: number) => void (await sleep(ms)) };
      const swept = await sweepResources({ database, resources, clock: inTwoHours, log: quiet }, budget);
      printTable('Sign-ups: IVS resources', [
        ['', 'count'],
        ['created at IVS', created.length],
        ['recorded in the database', created.filter(arn => recorded.has(arn.split('/').at(-1) ?? '')).length],
        ['orphaned', swept.removed.length],
        ['calls that IVS throttled', callsOf(simulator.calls()) - created.length],
      ]);
      if (immediately + retried !== SIGN_UPS)
        throw new Error(`${SIGN_UPS - immediately - retried} sign-ups failed`);
      if (created.length !== 3 * SIGN_UPS || recorded.size !== created.length || swept.removed.length > 0)
        throw new Error('the resources at IVS differ from those in the database');
    }),
  );
}

function apiOver(
  database: Database,
  resources: ReturnType<typeof userResources>,
  clock: () => Date,
): HttpApp {
  // Hashing is fast here: on AWS, each Lambda instance hashes only its own passwords.
  return createApi(benchDependencies(database, { resources, clock, scrypt: { N: 2, r: 1, p: 1 } }));
}

/** Signs up. After a 503, it waits for the time in `Retry-After` and tries again. */
async function signUp(app: HttpApp, username: string, sourceIp: string): Promise<SignUpResult> {
  const from = performance.now();
  const statuses: number[] = [];
  while (statuses.length < MAX_ATTEMPTS) {
    const response = await app.request(
      '/v1/users',
      {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ username, password: `password of ${[...username].reverse().join('')}` }),
      },
      { requestContext: { requestId: username, http: { sourceIp } } },
    );
    statuses.push(response.status);
    if (response.status !== 503) break;
    await sleep(Number(response.headers.get('Retry-After')) * 1000);
  }
  return { statuses, seconds: (performance.now() - from) / 1000 };
}

/** Returns the ids of all resources that the database has for the users. */
async function recordedIds(database: Database): Promise<Set<string>> {
  const ids = new Set<string>();
  for (let n = 0; n < SIGN_UPS; n++) {
    const user = await userByName(database, `person-${n}`);
    if (user?.status !== 'active') continue;
    for (const id of [user.channelId, user.chatRoomId, user.stageId]) if (id !== undefined) ids.add(id);
  }
  return ids;
}

function callsOf(calls: Readonly<Record<string, number>>): number {
  return ['CreateChannel', 'CreateRoom', 'CreateStage'].reduce((sum, name) => sum + (calls[name] ?? 0), 0);
}

function oneDecimal(value: number | undefined): string {
  return (value ?? Number.NaN).toFixed(1);
}

main().catch(error => {
  console.error(error);
  process.exitCode = 1;
});
