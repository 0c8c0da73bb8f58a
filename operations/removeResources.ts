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
 * Lists all resources at IVS that have the tags of one stack.
 * @throws when a page cannot be read, because a partial list would look complete
 */
export async function listResources(resources: Pick<UserResources, 'list'>): Promise<ResourcesByKind> {
  const found: Record<ResourceKind, ListedResource[]> = { channel: [], room: [], stage: [] };
  // Each page has its own time budget, so that a long list does not time out.
  for (const kind of resourceKinds) for await (const page of resources.list(kind)) found[kind].push(...page);
  return found;
}

export const countOf = (found: ResourcesByKind) =>
  resourceKinds.reduce((sum, kind) => sum + found[kind].length, 0);

export interface RemovalOptions {
  /** Called with each deleted resource. */
  readonly removed: (resource: ListedResource) => void;
  /** Called with each resource that could not be deleted. */
  readonly failed: (resource: ListedResource, error: unknown) => void;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds between two deletes of the same kind. */
  readonly intervalMs?: number;
}

// IVS allows 5 deletes of a kind per second in an account and Region. This leaves one for other stacks.
const INTERVAL_MS = 250;

/** The time limit of one delete. IVS needs some time to stop a live channel before it can be deleted. */
const REMOVAL_BUDGET_MS = 60_000;

/** Deletes the resources, the three kinds in parallel. A resource that does not exist counts as deleted. */
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

/** Retries while the resource is in use, and stops a live stream each time its encoder reconnects. */
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
