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

/** The result of a run. Resources are identified by their ARNs. */
export interface SweepReport {
  /** The number of resources of this stack's users that IVS lists. */
  readonly listed: number;
  readonly removed: readonly string[];
  /** Resources that could not be deleted. The next run retries them. */
  readonly failed: readonly string[];
}

/**
 * The minimum age of a resource that is deleted. A request records its resources within its lease of half a
 * minute, so a resource that is not recorded after an hour never will be.
 */
export const SWEEP_AFTER_MS = 60 * 60 * 1000;

/**
 * Deletes IVS resources that were created for a user but never recorded, because the process ended or the
 * response was lost.
 *
 * All channels, rooms and stages are listed before anything is deleted. If a page cannot be read, the error
 * is thrown and nothing is deleted. Resources without this stack's tags are never touched. Ownership is
 * checked with consistent reads, when the resources are listed and again before each deletion.
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

/** Returns the resources that are old enough to be recorded, but belong to no user. */
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

/**
 * Deletes a channel. The key of a channel without an owner was never handed out, but a deleted user's channel
 * may still be live.
 */
async function removeChannel(
  resources: SweepDependencies['resources'],
  arn: string,
  budget: Budget,
): Promise<void> {
  try {
    await resources.deleteChannel(arn, budget);
  } catch (error) {
    if (!(error instanceof IvsInUseError)) throw error;
    // The stream ends before the next run.
    await resources.stopStream(arn, budget);
    throw error;
  }
}
