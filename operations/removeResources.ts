import { setTimeout as sleep } from 'node:timers/promises';
import { type Budget, budgetOf } from '../ivs/budget.ts';
import { IvsInUseError } from '../ivs/errors.ts';
import { type ListedResource, type ResourceKind, resourceKinds, type UserResources } from '../ivs/ports.ts';

export type RemovableResources = Pick<
  UserResources,
  'list' | 'deleteChannel' | 'deleteRoom' | 'deleteStage' | 'stopStream'
>;

export type ResourcesByKind = Readonly<Record<ResourceKind, readonly ListedResource[]>>;

/**
 * All that IVS has with the tags of one stack. A page that cannot be had is an error: a part of the list would pass for
 * all of it.
 */
export async function listResources(resources: Pick<UserResources, 'list'>): Promise<ResourcesByKind> {
  const found: Record<ResourceKind, ListedResource[]> = { channel: [], room: [], stage: [] };
  // Without a budget for all of it: each page has its own, so that a long list does not run out of time.
  for (const kind of resourceKinds) for await (const page of resources.list(kind)) found[kind].push(...page);
  return found;
}

export const countOf = (found: ResourcesByKind) =>
  resourceKinds.reduce((sum, kind) => sum + found[kind].length, 0);

export interface RemovalOptions {
  /** Called with each that is gone. */
  readonly removed: (resource: ListedResource) => void;
  /** Called with each that could not be removed. */
  readonly failed: (resource: ListedResource, error: unknown) => void;
  readonly signal?: AbortSignal | undefined;
  /** Between two deletes of one kind. */
  readonly intervalMs?: number;
}

// IVS takes 5 deletes of a kind a second from everybody in the account and Region: other stacks need some.
const INTERVAL_MS = 250;

/** How long one delete may take: a channel that is live is stopped first, and IVS needs some time for it. */
const REMOVAL_BUDGET_MS = 60_000;

/** Removes what was found, the three kinds beside each other. What is gone already is removed. */
export async function removeResources(
  resources: RemovableResources,
  found: ResourcesByKind,
  { removed, failed, signal, intervalMs = INTERVAL_MS }: RemovalOptions,
): Promise<void> {
  const removeKind = async (kind: ResourceKind) => {
    for (const resource of found[kind]) {
      if (signal?.aborted) return;
      try {
        await remove(resources, resource, budgetOf(REMOVAL_BUDGET_MS));
        removed(resource);
      } catch (error) {
        failed(resource, error);
      }
      await sleep(intervalMs);
    }
  };
  await Promise.all(resourceKinds.map(removeKind));
}

const deletions = {
  channel: 'deleteChannel',
  room: 'deleteRoom',
  stage: 'deleteStage',
} as const satisfies Record<ResourceKind, keyof RemovableResources>;

const PAUSE_MS = 500;

/** What is in use is tried again; a channel that is live is stopped before, as often as its encoder comes back. */
async function remove(
  resources: RemovableResources,
  { kind, arn }: ListedResource,
  budget: Budget,
): Promise<void> {
  for (;;) {
    try {
      return await resources[deletions[kind]](arn, budget);
    } catch (error) {
      if (!(error instanceof IvsInUseError) || budget.left() <= PAUSE_MS) throw error;
      if (kind === 'channel') await resources.stopStream(arn, budget);
      await budget.wait(PAUSE_MS);
    }
  }
}
