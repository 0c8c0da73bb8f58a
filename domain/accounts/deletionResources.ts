import type { Budget } from '../../ivs/budget.ts';
import { IvsInUseError, IvsNotFoundError } from '../../ivs/errors.ts';
import type { UserResources } from '../../ivs/ports.ts';
import type { StoredArns } from '../../store/userDeletion.ts';

export type DeletableResources = Pick<
  UserResources,
  'deleteChannel' | 'deleteRoom' | 'deleteStage' | 'stopStream' | 'deleteStreamKey' | 'listStreamKeys'
>;

// IVS ends a stopped stream after some seconds, and rejects the deletion of the channel until then.
const PAUSE_MS = 1_000;

/**
 * Deletes a user's IVS resources. A running broadcast is ended: first the key is deleted, so that the encoder
 * cannot reconnect, then the stream is stopped, and then the channel is deleted once IVS has ended the
 * stream.
 *
 * @throws IvsInUseError when the broadcast does not end within `budget`
 */
export async function deleteResources(
  resources: DeletableResources,
  { channelArn, roomArn, stageArn }: StoredArns,
  budget: Budget,
): Promise<void> {
  if (channelArn !== undefined) {
    await unlessGone(async () => {
      // Listed at IVS, because a key that is being replaced is not stored.
      for (const key of await resources.listStreamKeys(channelArn, budget))
        await resources.deleteStreamKey(key, budget);
      await resources.stopStream(channelArn, budget);
    });
    await onceFree(() => resources.deleteChannel(channelArn, budget), budget);
  }
  if (roomArn !== undefined) await resources.deleteRoom(roomArn, budget);
  if (stageArn !== undefined) await onceFree(() => resources.deleteStage(stageArn, budget), budget);
}

/** An earlier run may have deleted the channel and ended before it deleted the row. */
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
