import { randomUUID } from 'node:crypto';
import { MOCK_ID_PREFIX } from '../model/row.ts';
import { addMs } from '../model/time.ts';
import { usernameKeyOf } from '../model/username.ts';
import { CommandError } from '../model/variables.ts';
import { type BatchWriteOptions, RowsLeftError } from '../store/batchWrite.ts';
import type { Database } from '../store/database.ts';
import { inParallel } from '../store/inParallel.ts';
import {
  claimName,
  claimRow,
  putSeedRows,
  REQUESTS_AT_A_TIME,
  type UnmarkedRow,
} from '../store/putSeedRows.ts';
import { removeOtherRuns } from '../store/removeSeedRows.ts';
import { defaultRetryPolicy, waitBeforeRetry } from '../store/retry.ts';
import { countRun, newRun, type SeedRun } from '../store/seedIndex.ts';
import type { Tally } from '../store/tally.ts';
import { identityOf, uniqueUsername, userIdPrefix } from './identity.ts';
import { offlineCount, type SeedOptions } from './options.ts';
import { planRows } from './plan.ts';
import { readSeedFile, type SeedChannel } from './seedFile.ts';
import type { SeedPlan } from './seedPlan.ts';

/**
 * The plan that was asked for, once the seed file is read.
 * @throws CommandError when something asked for cannot be; nothing is written by then.
 */
export function planOf(options: SeedOptions, now: Date): Omit<SeedPlan, 'set' | 'region'> {
  const { count, file } = options;
  // Whole seconds, as IVS gives its times.
  const second = addMs(now.toISOString(), -now.getMilliseconds());
  const channels = file === undefined ? [] : readSeedFile(file, new Date(second));
  const offline = offlineCount(options, channels.length);
  for (const [index, { followerCount = 0 }] of channels.entries()) {
    if (followerCount < count) continue;
    throw new CommandError(
      `JSON: ${file}: channels[${index}].followerCount: must be less than SEED_COUNT (${count}), as the followers are the owners of the other channels`,
    );
  }
  return { count, offline, channels, now: second };
}

/** The rows that were put, and those of earlier runs that were removed. Counted as it happens. */
export interface SeedReport {
  readonly put: Tally;
  readonly removed: Tally;
}

/** A set that is being seeded. */
export interface StartedSet {
  readonly plan: SeedPlan;
  readonly run: SeedRun;
}

export interface SetChoice {
  /** The number that was asked for; undefined for a new set. */
  readonly set: number | undefined;
  /** Draws a number for a new set. */
  readonly draw: () => number;
  /** Told the number before anything of the set is written. */
  readonly announce: (set: number) => void;
}

/** A draw finds a number that is taken about once in four thousand million times, for each set that the stack has. */
const DRAWS = 10;

/**
 * Starts the set that was asked for, or a new one, whose number no set of the stack has: what is there is then added to
 * and never replaced.
 *
 * @throws RowsLeftError when every number drawn is taken.
 */
export async function startSet(
  database: Database,
  asked: Omit<SeedPlan, 'set'>,
  { set, draw, announce }: SetChoice,
  options: BatchWriteOptions = {},
): Promise<StartedSet> {
  for (let draws = 0; draws < DRAWS; draws++) {
    const plan = { ...asked, set: set ?? draw() };
    const run = newRun(plan.set, new Date(plan.now), randomUUID());
    announce(plan.set);
    if (set !== undefined || (await claimSet(database, plan, run, options))) return { plan, run };
  }
  throw new RowsLeftError(
    `${DRAWS} random numbers were drawn for a new set, and the stack has a set of each`,
  );
}

/** Every set has its first user from before its other rows are written, so this row stands for the set. */
async function claimSet(
  database: Database,
  plan: SeedPlan,
  run: SeedRun,
  options: BatchWriteOptions,
): Promise<boolean> {
  for (const row of planRows(plan)) {
    if (row.table === 'users') return claimRow(database, row, run, options);
  }
  return true;
}

/** A channel of the seed file that cannot have the name that the file gives it. */
export interface RenamedChannel {
  readonly index: number;
  readonly username: string;
  readonly newUsername: string;
}

/**
 * Makes the mock data of a set exactly what `plan` says: puts all of its rows, then removes what earlier runs
 * of the set left. Safe to run again, also after an interruption at any point. Two runs of one set must not
 * overlap: one of them then fails.
 *
 * A channel of the file whose name is a real user's, or another set's, gets a name of its own.
 *
 * An aborted signal ends it early, without an error.
 * @returns the channels that got another name.
 * @throws RowsLeftError when DynamoDB does not take all of it.
 */
export async function seedStack(
  database: Database,
  { plan, run }: StartedSet,
  report: SeedReport,
  options: BatchWriteOptions = {},
): Promise<RenamedChannel[]> {
  const { signal } = options;
  const renamed = await claimNames(database, { plan, run }, report, options);
  if (signal?.aborted) return renamed;
  const rows = unclaimedRows({ ...plan, channels: withNewNames(plan.channels, renamed) });
  await putSeedRows(database, rows, run, report.put, options);
  if (signal?.aborted) return renamed;
  await removeOtherRuns(database, run, report.removed, options);
  if (signal?.aborted) return renamed;
  await proveCount(database, plan, run, options);
  return renamed;
}

async function claimNames(
  database: Database,
  { plan, run }: StartedSet,
  { put }: SeedReport,
  options: BatchWriteOptions,
): Promise<RenamedChannel[]> {
  const { set, channels, now } = plan;
  const times = { createdAt: now, updatedAt: now };
  const renamed: RenamedChannel[] = [];
  await inParallel(channels.entries(), REQUESTS_AT_A_TIME, options.signal, async ([index, { username }]) => {
    const { userId } = identityOf(plan, index);
    const row = { usernameKey: usernameKeyOf(username), userId, ...times };
    if (await claimName(database, row, userIdPrefix(set), run, options)) put.add('usernames', 1);
    else renamed.push({ index, username, newUsername: uniqueUsername(set, index, username) });
  });
  return renamed.sort((a, b) => a.index - b.index);
}

/** The channels of the file, and who speaks in their chats, under their new names. */
function withNewNames(
  channels: readonly SeedChannel[],
  renamed: readonly RenamedChannel[],
): readonly SeedChannel[] {
  if (renamed.length === 0) return channels;
  const names = new Map(renamed.map(({ username, newUsername }) => [usernameKeyOf(username), newUsername]));
  const nameOf = (username: string) => names.get(usernameKeyOf(username)) ?? username;
  return channels.map(({ username, stream, ...channel }) => {
    const chat = stream?.chat?.map(line => ({ ...line, username: nameOf(line.username) }));
    return {
      ...channel,
      username: nameOf(username),
      ...(stream === undefined ? {} : { stream: { ...stream, ...(chat === undefined ? {} : { chat }) } }),
    };
  });
}

/** The rows of a plan without the names that a person may choose: those are written on a condition, or not at all. */
function* unclaimedRows(plan: SeedPlan): Generator<UnmarkedRow> {
  for (const row of planRows(plan)) {
    if (row.table !== 'usernames' || row.row.usernameKey.startsWith(MOCK_ID_PREFIX)) yield row;
  }
}

async function proveCount(
  database: Database,
  { count }: SeedPlan,
  run: SeedRun,
  options: BatchWriteOptions,
): Promise<void> {
  const { policy = defaultRetryPolicy, signal } = options;
  for (let failed = 0; ; failed++) {
    const channels = await countRun(database, 'channels', run, options);
    if (channels === count || signal?.aborted) return;
    if (failed >= policy.tries) {
      throw new RowsLeftError(
        `the set has ${channels} channels of this run instead of ${count}: another make seed or make deleteSeed of the same set seems to have run at the same time`,
      );
    }
    await waitBeforeRetry(failed, policy, signal);
  }
}
