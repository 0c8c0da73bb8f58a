import { owns } from '../../domain/accounts/resources.ts';
import type { Budget } from '../../ivs/budget.ts';
import { IvsInUseError } from '../../ivs/errors.ts';
import {
  type ListedResource,
  type ResourceKind,
  resourceKinds,
  type UserResources,
} from '../../ivs/ports.ts';
import type { Log } from '../../model/log.ts';
import { addMs, type Timestamp, toTimestamp } from '../../model/time.ts';
import type { Database } from '../../store/database.ts';
import { readOwners } from '../../store/owners.ts';

export interface SweepDependencies {
  readonly database: Database<'users'>;
  readonly resources: Pick<
    UserResources,
    'list' | 'deleteChannel' | 'deleteRoom' | 'deleteStage' | 'stopStream'
  >;
  readonly clock: () => Date;
  readonly log: Pick<Log, 'info' | 'error'>;
}

/** What a run found and did. Resources are named by their ARNs. */
export interface SweepReport {
  /** How many resources of this stack's users IVS lists. */
  readonly listed: number;
  readonly removed: readonly string[];
  /** Those that could not be removed; the next run finds them again. */
  readonly failed: readonly string[];
}

/**
 * How long ago a resource must have been made to be swept. What is made is recorded within its request's lease, of
 * half a minute: after an hour, what is not on record never will be.
 */
export const SWEEP_AFTER_MS = 60 * 60 * 1000;

/**
 * Removes what was made at IVS for a user and never recorded: the process ended, or the answer was lost.
 *
 * All channels, rooms and stages are listed to the end before anything is removed; if a page cannot be had, the error
 * is thrown and nothing is removed. Of other stacks' resources, and of those without this stack's tags, nothing is
 * touched. Whether a user has a resource on record is read consistently, at the list and again before it is removed.
 */
export async function sweepResources(dependencies: SweepDependencies, budget: Budget): Promise<SweepReport> {
  const { database, resources, clock, log } = dependencies;
  const before = addMs(toTimestamp(clock()), -SWEEP_AFTER_MS);
  let listed = 0;
  const orphans: ListedResource[] = [];
  for (const kind of resourceKinds) {
    for await (const page of resources.list(kind, budget)) {
      listed += page.length;
      orphans.push(...(await unrecorded(database, page, before)));
    }
  }

  const removed: string[] = [];
  const failed: string[] = [];
  for (const orphan of orphans) {
    try {
      if ((await unrecorded(database, [orphan], before)).length === 0) continue;
      await remove(resources, orphan, budget);
      log.info('resource swept', { ...orphan });
      removed.push(orphan.arn);
    } catch (error) {
      log.error('resource not swept', { ...orphan, error });
      failed.push(orphan.arn);
    }
  }
  return { listed, removed, failed };
}

/** Those of `resources` that are old enough to be on record, and are not. */
async function unrecorded(
  database: Database<'users'>,
  resources: readonly ListedResource[],
  before: Timestamp,
): Promise<ListedResource[]> {
  const old = resources.filter(({ createdAt }) => createdAt < before);
  const owners = await readOwners(
    database,
    old.map(({ userId }) => userId),
  );
  return old.filter(({ userId, kind, arn }) => {
    const owner = owners.get(userId);
    return owner === undefined || !owns(owner, kind, arn);
  });
}

const removals = {
  channel: removeChannel,
  room: (resources, arn, budget) => resources.deleteRoom(arn, budget),
  stage: (resources, arn, budget) => resources.deleteStage(arn, budget),
} as const satisfies Record<ResourceKind, Remove>;

type Remove = (resources: SweepDependencies['resources'], arn: string, budget: Budget) => Promise<void>;

function remove(
  resources: SweepDependencies['resources'],
  { kind, arn }: ListedResource,
  budget: Budget,
): Promise<void> {
  return removals[kind](resources, arn, budget);
}

/** Nobody was ever given the key of a channel without an owner; a deleted user's may be live still. */
async function removeChannel(
  resources: SweepDependencies['resources'],
  arn: string,
  budget: Budget,
): Promise<void> {
  try {
    await resources.deleteChannel(arn, budget);
  } catch (error) {
    if (!(error instanceof IvsInUseError)) throw error;
    // It has ended by the next run.
    await resources.stopStream(arn, budget);
    throw error;
  }
}
