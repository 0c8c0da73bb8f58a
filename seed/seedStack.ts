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
import { historyRows, planRows } from './plan.ts';
import { readSeedFile, type SeedChannel } from './seedFile.ts';
import type { SeedPlan } from './seedPlan.ts';

/**
 * Reads the seed file and returns the requested plan. It writes nothing.
 * @throws CommandError when the options or the seed file are invalid
 */
export function planOf(options: SeedOptions, now: Date): Omit<SeedPlan, 'set' | 'region'> {
  const { count, file, pastStreams } = options;
  // IVS reports times in whole seconds.
  const second = addMs(now.toISOString(), -now.getMilliseconds());
  const channels = file === undefined ? [] : readSeedFile(file, new Date(second));
  const offline = offlineCount(options, channels.length);
  for (const [index, { followerCount = 0 }] of channels.entries()) {
    if (followerCount < count) continue;
    throw new CommandError(
      `JSON: ${file}: channels[${index}].followerCount: must be less than SEED_COUNT (${count}), because the followers are the owners of the other channels`,
    );
  }
  return { count, offline, channels, pastStreams, now: second };
}

/** Counts of the rows written and of the deleted rows of earlier runs, updated while seeding. */
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
  /** The requested number. Undefined for a new set. */
  readonly set: number | undefined;
  /** Returns a random number for a new set. */
  readonly draw: () => number;
  /** Called with the number before the first row of the set is written. */
  readonly announce: (set: number) => void;
}

/** The number of attempts. A random number is that of an existing set with a chance of 1 in 4.3 billion. */
const DRAWS = 10;

/**
 * Starts the requested set, or a new set with a random number that no set of the stack has. A new set never
 * replaces existing rows.
 *
 * @throws RowsLeftError when every generated number is taken
 */
export async function startSet(
  database: Database,
  requested: Omit<SeedPlan, 'set'>,
  { set, draw, announce }: SetChoice,
  options: BatchWriteOptions = {},
): Promise<StartedSet> {
  for (let draws = 0; draws < DRAWS; draws++) {
    const plan = { ...requested, set: set ?? draw() };
    const run = newRun(plan.set, new Date(plan.now), randomUUID());
    announce(plan.set);
    if (set !== undefined || (await claimSet(database, plan, run, options))) return { plan, run };
  }
  throw new RowsLeftError(
    `the stack already has sets with all ${DRAWS} random numbers that were generated for a new set: run make seed again`,
  );
}

/** Claims the number of a set by writing its first user before all other rows of the set. */
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

/** A channel of the seed file whose name is already taken on the stack. */
export interface RenamedChannel {
  readonly index: number;
  readonly username: string;
  readonly newUsername: string;
}

/**
 * Writes all rows of `plan`, then deletes the other rows that earlier runs of the set wrote. It can run again
 * after an interruption at any point. When two runs of one set overlap, one of them fails.
 *
 * A channel of the file gets a generated name when a real user or another set has its name.
 *
 * An aborted signal ends it early, without an error.
 *
 * @param onChannels is called when all channels are complete, before the rows of `pastStreams` are written
 * @returns the renamed channels
 * @throws RowsLeftError when DynamoDB does not accept all rows, or another run overlaps
 */
export async function seedStack(
  database: Database,
  { plan, run }: StartedSet,
  report: SeedReport,
  options: BatchWriteOptions = {},
  onChannels: () => void = () => {},
): Promise<RenamedChannel[]> {
  const { signal } = options;
  const renamed = await claimNames(database, { plan, run }, report, options);
  if (signal?.aborted) return renamed;
  const named = { ...plan, channels: withNewNames(plan.channels, renamed) };
  await putSeedRows(database, unclaimedRows(named), run, report.put, options);
  if (signal?.aborted) return renamed;
  onChannels();
  await putSeedRows(database, historyRows(named), run, report.put, options);
  if (signal?.aborted) return renamed;
  await removeOtherRuns(database, run, report.removed, options);
  if (signal?.aborted) return renamed;
  await verifyCount(database, plan, run, options);
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

/** Returns the channels of the file with the new names, also for the senders of their chat messages. */
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

/** Yields the rows of a plan, except usernames that users can choose, which `claimNames` writes. */
function* unclaimedRows(plan: SeedPlan): Generator<UnmarkedRow> {
  for (const row of planRows(plan)) {
    if (row.table !== 'usernames' || row.row.usernameKey.startsWith(MOCK_ID_PREFIX)) yield row;
  }
}

async function verifyCount(
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
        `the set has ${channels} channels of this run instead of ${count}: another make seed or make deleteSeed of the same set probably ran at the same time`,
      );
    }
    await waitBeforeRetry(failed, policy, signal);
  }
}
