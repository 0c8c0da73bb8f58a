import type { Budget } from '../../ivs/budget.ts';
import { IvsInUseError, IvsNotFoundError } from '../../ivs/errors.ts';
import type { UserResources } from '../../ivs/ports.ts';
import type { OnRecord } from '../../store/userDeletion.ts';

export type EndingResources = Pick<
  UserResources,
  'deleteChannel' | 'deleteRoom' | 'deleteStage' | 'stopStream' | 'deleteStreamKey' | 'listStreamKeys'
>;

// IVS ends a stopped stream some seconds later, and deletes the channel no sooner.
const PAUSE_MS = 1_000;

/**
 * Deletes what a user has at IVS. A broadcast that is under way is ended: the key goes first, so that the encoder does
 * not come back, then the stream, and the channel when IVS has ended it.
 *
 * @throws IvsInUseError when it has not ended within `budget`
 */
export async function endResources(
  resources: EndingResources,
  { channelArn, roomArn, stageArn }: OnRecord,
  budget: Budget,
): Promise<void> {
  if (channelArn !== undefined) {
    await unlessGone(async () => {
      // Asked for, not taken from the record: a key that is being replaced is not on it.
      for (const key of await resources.listStreamKeys(channelArn, budget))
        await resources.deleteStreamKey(key, budget);
      await resources.stopStream(channelArn, budget);
    });
    await onceFree(() => resources.deleteChannel(channelArn, budget), budget);
  }
  if (roomArn !== undefined) await resources.deleteRoom(roomArn, budget);
  if (stageArn !== undefined) await onceFree(() => resources.deleteStage(stageArn, budget), budget);
}

/** An earlier run may have deleted the channel, and then its row was not reached. */
async function unlessGone(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof IvsNotFoundError)) throw error;
  }
}

async function onceFree(remove: () => Promise<void>, budget: Budget): Promise<void> {
  for (;;) {
    try {
      return await remove();
    } catch (error) {
      if (!(error instanceof IvsInUseError) || budget.left() <= PAUSE_MS) throw error;
      await budget.wait(PAUSE_MS);
    }
  }
}
