import { type Budget, budgetOf } from '../ivs/budget.ts';
import { allPending } from '../store/channels.ts';
import { BusyError, ConflictError } from './errors.ts';
import { changeType, type PartnerDependencies, reviewPartner, type TypeDependencies } from './partner.ts';
import { finishStreamKey, REPLACE_BUDGET_MS, type StreamKeyDependencies } from './streamKey.ts';

export type PendingChannelDependencies = StreamKeyDependencies & PartnerDependencies & TypeDependencies;

/** The result for the channels with pending tasks. */
export interface PendingChannelsReport {
  readonly done: number;
  /**
   * The channel is live, its review is not due, another request is working on it, or IVS is busy. The next
   * run finds it again.
   */
  readonly later: number;
  readonly failed: readonly { readonly channelId: string; readonly error: unknown }[];
}

/**
 * Finishes the pending tasks of channels: missing stream keys, partner reviews, and type changes of channels
 * that were live. Processes one channel after another while `budget` has time. A failure of one channel does
 * not affect the others.
 */
export async function finishPendingChannels(
  dependencies: PendingChannelDependencies,
  budget: Budget,
): Promise<PendingChannelsReport> {
  const report = { done: 0, later: 0, failed: [] as { channelId: string; error: unknown }[] };
  for await (const channelId of allPending(dependencies.database)) {
    if (budget.left() <= 0) break;
    try {
      report[await finishChannel(dependencies, channelId, budget)]++;
    } catch (error) {
      report.failed.push({ channelId, error });
    }
  }
  return report;
}

async function finishChannel(
  dependencies: PendingChannelDependencies,
  channelId: string,
  budget: Budget,
): Promise<'done' | 'later'> {
  const own = budgetOf(Math.min(REPLACE_BUDGET_MS, budget.left()));
  try {
    await finishStreamKey(dependencies, channelId, own);
  } catch (error) {
    if (error instanceof ConflictError || error instanceof BusyError) return 'later';
    throw error;
  }
  const reviewed = await reviewPartner(dependencies, channelId);
  const changed = await changeType(dependencies, channelId, own);
  return reviewed === 'later' ? reviewed : changed;
}
