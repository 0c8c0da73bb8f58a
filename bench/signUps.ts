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
import { printTable } from './support/report.ts';

// So many sign-ups at once, against IVS's own quota of 5 calls a second of each operation: 20 seconds' worth.
const SIGN_UPS = 100;
const TRIES = 5;
const STACK = 'UGC-bench';

/** How one person fared, who tries again as the answers say. */
interface SignedUp {
  /** Of each try. */
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

      const end = (person: SignedUp) => person.statuses.at(-1);
      const firsts = people.filter(({ statuses }) => statuses[0] === 201).length;
      const later = people.filter(person => person.statuses.length > 1 && end(person) === 201).length;
      const waits = people.map(person => person.seconds).sort((a, b) => a - b);
      printTable(`${SIGN_UPS} sign-ups at once, IVS taking 5 calls a second`, [
        ['answered with', 'people'],
        ['201 at once', firsts],
        ['201 after a 503', later],
        ['anything else', SIGN_UPS - firsts - later],
      ]);
      printTable('seconds', [
        ['until', ''],
        ['half of them were in', seconds1(waits[Math.floor(SIGN_UPS / 2)])],
        ['all were in', seconds1(seconds)],
        ['least that the quota allows', seconds1((SIGN_UPS - 5) / 5)],
      ]);

      const recorded = await onRecord(database);
      const { channels, rooms, stages } = simulator.resources();
      const made = [...channels, ...rooms, ...stages].map(({ arn }) => arn);
      const later2h = () => new Date(Date.now() + 2 * 60 * 60 * 1000);
      const quiet = { info: () => {}, error: () => {} };
      const enough = { left: () => 60_000, wait: async (ms: number) => void (await sleep(ms)) };
      const swept = await sweepResources({ database, resources, clock: later2h, log: quiet }, enough);
      printTable('resources', [
        ['', ''],
        ['made at IVS', made.length],
        ['on record', made.filter(arn => recorded.has(arn.split('/').at(-1) ?? '')).length],
        ['orphaned', swept.removed.length],
        ['calls refused as too many', callsOf(simulator.calls()) - made.length],
      ]);
      if (firsts + later !== SIGN_UPS) throw new Error('somebody was not signed up');
      if (made.length !== 3 * SIGN_UPS || recorded.size !== made.length || swept.removed.length > 0)
        throw new Error('what IVS has is not what is on record');
    }),
  );
}

function apiOver(
  database: Database,
  resources: ReturnType<typeof userResources>,
  clock: () => Date,
): HttpApp {
  // Hashing has nothing to do with IVS, and each Lambda does its own.
  return createApi(benchDependencies(database, { resources, clock, scrypt: { N: 2, r: 1, p: 1 } }));
}

/** Signs up, and tries again after a 503, as long as it asks to wait. */
async function signUp(app: HttpApp, username: string, sourceIp: string): Promise<SignedUp> {
  const from = performance.now();
  const statuses: number[] = [];
  while (statuses.length < TRIES) {
    const response = await app.request(
      '/v1/users',
      {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ username, password: `password of ${username}` }),
      },
      { requestContext: { requestId: username, http: { sourceIp } } },
    );
    statuses.push(response.status);
    if (response.status !== 503) break;
    await sleep(Number(response.headers.get('Retry-After')) * 1000);
  }
  return { statuses, seconds: (performance.now() - from) / 1000 };
}

/** The ids of all resources that the users have on record. */
async function onRecord(database: Database): Promise<Set<string>> {
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

function seconds1(value: number | undefined): string {
  return (value ?? Number.NaN).toFixed(1);
}

main().catch(error => {
  console.error(error);
  process.exitCode = 1;
});
