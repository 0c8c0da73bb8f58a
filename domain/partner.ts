import type { Budget } from '../ivs/budget.ts';
import { IvsBusyError, IvsInUseError, IvsNotFoundError } from '../ivs/errors.ts';
import type { UserResources } from '../ivs/ports.ts';
import { MOCK_ID_PREFIX } from '../model/row.ts';
import { toTimestamp } from '../model/time.ts';
import { getChannel, writeChannel } from '../store/channels.ts';
import { untilWritten } from '../store/contention.ts';
import type { Database } from '../store/database.ts';
import type { Partnership } from '../store/follows.ts';
import { marked } from './channelMark.ts';

// A channel becomes a partner with the follower that makes the number, and stays one however few are left: viewers
// come and go by the hour, and an IVS channel's type is not to go up and down with them.

/** What it takes a channel to become a partner, and what it gets. */
export function partnershipOf(channelId: string, followers: number): Partnership {
  // IVS knows nothing of mock channels.
  return { followers, raiseTo: channelId.startsWith(MOCK_ID_PREFIX) ? undefined : 'ADVANCED_HD' };
}

export interface RaiseDependencies {
  readonly database: Database<'channels'>;
  readonly resources: Pick<UserResources, 'updateChannelType'>;
  readonly clock: () => Date;
}

/**
 * Raises the IVS type of a partner's channel, if it is still to be raised. `later`: it cannot be now, because a
 * session is open, which IVS lets nobody change the channel under, or because IVS is busy. It may be done twice:
 * the second time changes nothing.
 */
export async function raiseType(
  { database, resources, clock }: RaiseDependencies,
  channelId: string,
  budget: Budget,
): Promise<'done' | 'later'> {
  const channel = await getChannel(database, channelId);
  const type = channel?.pendingType;
  if (channel === undefined || type === undefined) return 'done';
  if (channel.openStreamId !== undefined) return 'later';
  try {
    await resources.updateChannelType(channel.arn, type, budget);
  } catch (error) {
    if (error instanceof IvsInUseError || error instanceof IvsBusyError) return 'later';
    // Its user is being deleted, and the row goes too.
    if (error instanceof IvsNotFoundError) return 'later';
    throw error;
  }
  return untilWritten(async () => {
    const read = await getChannel(database, channelId);
    if (read?.pendingType === undefined) return 'done';
    const raised = marked({ ...read, type, pendingType: undefined, updatedAt: toTimestamp(clock()) });
    return (await writeChannel(database, read, raised)) ? 'done' : 'changed';
  });
}
