import fc from 'fast-check';
import { removeAllSeedRows } from '../../store/removeSeedRows.ts';
import { Tally } from '../../store/tally.ts';
import { randomNumbers } from '../support/randomNumbers.ts';
import { channel, putRows } from '../support/rows.ts';
import { dump, seed as seedSet } from '../support/seeding.ts';
import { type Drawn, withFewerFaults, withOtherSeeds, without } from './campaign.ts';
import { inLife } from './lives.ts';
import { type FaultChances, type Met, noFaults } from './trouble.ts';
import type { World } from './world.ts';

/** Runs of `make seed`, each with its set and number of channels, followed by `make deleteSeed`. */
export interface SeedHistory {
  readonly runs: readonly { readonly set: number; readonly count: number }[];
  readonly chances: FaultChances;
  readonly seed: number;
}

const run = fc.record({ set: fc.integer({ min: 1, max: 2 }), count: fc.integer({ min: 1, max: 3 }) });

export const seedHistories: Drawn<SeedHistory> = {
  histories: fc.record({
    runs: fc.array(run, { minLength: 1, maxLength: 3 }),
    chances: fc.record({
      throttled: fc.constantFrom(0, 0.05),
      conflict: fc.constant(0),
      unprocessed: fc.constantFrom(0, 0.3, 0.6),
      lostRequest: fc.constantFrom(0, 0.02),
      lostAnswer: fc.constantFrom(0, 0.05),
      killedBefore: fc.constantFrom(0, 0.02),
      killedAfter: fc.constantFrom(0, 0.02),
    }),
    seed: fc.nat(),
  }),
  *shorter(history) {
    yield* withOtherSeeds([...withFewerFaults(history), ...without(history, 'runs')]);
  },
};

/** Seeds with faults until it succeeds, then deletes. Returns every difference from the expected rows. */
export async function playSeeding(
  { world, met, newName }: { world: World; met: Met; newName: () => string },
  { runs, chances, seed }: SeedHistory,
): Promise<string[]> {
  const { database } = world;
  const random = randomNumbers(seed);
  const untilDone = async (work: () => Promise<unknown>) => {
    for (let attempt = 1; ; attempt++) {
      met.handled++;
      const trouble = { chances: attempt > 3 ? noFaults : chances, random, met };
      try {
        return await inLife(trouble, work);
      } catch (error) {
        if (attempt > 3) throw error;
      }
    }
  };
  const isSeeded = (row: string) => row.includes('"seedRun"');
  const name = newName();
  await putRows(database, 'channels', [channel({ username: name })]);
  const isOwn = (row: string) => row.includes(`"${name}"`);
  const own = (await dump(database)).filter(isOwn);
  const violations: string[] = [];
  for (const { set, count } of runs) {
    const before = (await dump(database)).filter(isSeeded);
    const environment = { SEED: String(set), SEED_COUNT: String(count) };
    await untilDone(() => seedSet(database, environment, {}, new Date('2026-01-15T10:00:00.000Z')));
    const after = (await dump(database)).filter(isSeeded);
    // The same run without faults gives the expected rows.
    await seedSet(database, environment, {}, new Date('2026-01-15T10:00:00.000Z'));
    const wanted = (await dump(database)).filter(isSeeded);
    if (String(byTable(after)) !== String(byTable(wanted)))
      violations.push(
        `after seeding the tables have ${byTable(after)}, not ${byTable(wanted)} (before: ${byTable(before)})`,
      );
    if (violations.length > 0) break;
  }
  await untilDone(() => removeAllSeedRows(database, new Tally()));
  const left = await dump(database);
  const seeded = left.filter(isSeeded);
  if (seeded.length > 0) violations.push(`after the deletion the tables still have ${byTable(seeded)}`);
  if (String(left.filter(isOwn)) !== String(own)) violations.push('a row that was not seeded has changed');
  // Deletes rows that are left, so that the next history does not find them.
  if (seeded.length > 0) await removeAllSeedRows(database, new Tally());
  return violations;
}

/** The number of rows in each table. */
function byTable(rows: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const [table = ''] = row.split(' ');
    counts.set(table, (counts.get(table) ?? 0) + 1);
  }
  return [...counts].map(([table, count]) => `${table} ${count}`).join(', ');
}
