import { type Budget, budgetOf } from '../ivs/budget.ts';
import { allPending } from '../store/channels.ts';
import { BusyError, ConflictError } from './errors.ts';
import { changeType, type PartnerDependencies, reviewPartner, type TypeDependencies } from './partner.ts';
import { finishStreamKey, REPLACE_BUDGET_MS, type StreamKeyDependencies } from './streamKey.ts';

export type PendingChannelDependencies = StreamKeyDependencies & PartnerDependencies & TypeDependencies;

/** What was done for the channels that had something left to do. */
export interface PendingChannelsReport {
  readonly done: number;
  /** They are live, their time has not come, somebody is at it, or IVS is busy: the next run finds them again. */
  readonly later: number;
  readonly failed: readonly { readonly channelId: string; readonly error: unknown }[];
}

/**
 * Finishes what was left to do for channels: keys that were taken off and never made, decisions who is a partner, types
 * of channels that were live. One channel after another, as long as `budget` has time; one that fails is in no other's
 * way.
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
