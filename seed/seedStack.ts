import { addMs } from '../model/time.ts';
import type { BatchWriteOptions } from '../store/batchWrite.ts';
import { RowsLeftError } from '../store/batchWrite.ts';
import type { Database } from '../store/database.ts';
import { inParallel } from '../store/inParallel.ts';
import { defaultPatience, waitAfter } from '../store/patience.ts';
import { putSeedRows, REQUESTS_AT_A_TIME } from '../store/putSeedRows.ts';
import { removeOtherRuns } from '../store/removeSeedRows.ts';
import { countRun, type SeedRun } from '../store/seedIndex.ts';
import type { Tally } from '../store/tally.ts';
import { userIdNamed } from '../store/usernames.ts';
import { setOf } from './identity.ts';
import { SeedInputError } from './inputError.ts';
import { offlineCount, type SeedOptions } from './options.ts';
import { planRows } from './plan.ts';
import { readSeedFile } from './seedFile.ts';
import type { SeedPlan } from './seedPlan.ts';

/**
 * The plan that was asked for, once the seed file is read.
 * @throws SeedInputError when something asked for cannot be; nothing is written by then.
 */
export function planOf(options: SeedOptions, now: Date): Omit<SeedPlan, 'region'> {
  const { count, set, file } = options;
  // Whole seconds, as IVS gives its times.
  const second = addMs(now.toISOString(), -now.getMilliseconds());
  const channels = file === undefined ? [] : readSeedFile(file, new Date(second));
  const offline = offlineCount(options, channels.length);
  for (const [index, { followerCount = 0 }] of channels.entries()) {
    if (followerCount < count) continue;
    throw new SeedInputError(
      `JSON: ${file}: channels[${index}].followerCount: must be less than SEED_COUNT (${count}), as the followers are the owners of the other channels`,
    );
  }
  return { set, count, offline, channels, now: second };
}

/** The rows that were put, and those of earlier runs that were removed. Counted as it happens. */
export interface SeedReport {
  readonly put: Tally;
  readonly removed: Tally;
}

/**
 * Makes the mock data of a set exactly what `plan` says: puts all of its rows, then removes what earlier runs
 * of the set left. Safe to run again, also after an interruption at any point. Two runs of one set must not
 * overlap: one of them then fails.
 *
 * An aborted signal ends it early, without an error.
 * @throws SeedInputError when a name in the file is another channel's; nothing is written by then.
 * @throws RowsLeftError when DynamoDB does not take all of it.
 */
export async function seedStack(
  database: Database,
  plan: SeedPlan,
  run: SeedRun,
  report: SeedReport,
  options: BatchWriteOptions = {},
): Promise<void> {
  const { signal } = options;
  await refuseTakenNames(database, plan);
  await putSeedRows(database, planRows(plan), run, report.put, options);
  if (signal?.aborted) return;
  await removeOtherRuns(database, run, report.removed, options);
  if (signal?.aborted) return;
  await proveCount(database, plan, run, options);
}

async function refuseTakenNames(database: Database, { set, channels }: SeedPlan): Promise<void> {
  await inParallel(channels.entries(), REQUESTS_AT_A_TIME, undefined, async ([index, { username }]) => {
    const other = await userIdNamed(database, username);
    if (other === undefined || setOf(other) === set) return;
    const whose = setOf(other) === undefined ? 'a real channel' : `a channel of the set SEED=${setOf(other)}`;
    throw new SeedInputError(
      `JSON: channels[${index}].username: ${username} is the name of ${whose} already`,
    );
  });
}

async function proveCount(
  database: Database,
  { count }: SeedPlan,
  run: SeedRun,
  options: BatchWriteOptions,
): Promise<void> {
  const { patience = defaultPatience, signal } = options;
  for (let failed = 0; ; failed++) {
    const channels = await countRun(database, 'channels', run, options);
    if (channels === count || signal?.aborted) return;
    if (failed >= patience.tries) {
      throw new RowsLeftError(
        `the set has ${channels} channels of this run instead of ${count}: was it seeded or deleted by someone else meanwhile?`,
      );
    }
    await waitAfter(failed, patience, signal);
  }
}
