import type { Budget } from '../ivs/budget.ts';
import type { UserResources } from '../ivs/ports.ts';
import { getChannel } from '../store/channels.ts';
import type { Database } from '../store/database.ts';
import { ConflictError, NotFoundError } from './errors.ts';
import { withChannelErrors } from './ivsAnswers.ts';

export interface BroadcastDependencies {
  readonly database: Database<'channels'>;
  readonly resources: Pick<UserResources, 'stopStream' | 'putMetadata'>;
}

// IVS decides whether a channel is live, because the tables learn it some seconds later.
const offline = () => new ConflictError('not-live', 'the channel is not live');

/**
 * Ends a channel's broadcast. The tables change when IVS's events arrive. An encoder that reconnects
 * automatically starts a new session; to prevent this, replace the stream key first.
 *
 * @throws ConflictError when the channel is not live
 * @throws BusyError when IVS is busy
 * @throws NotFoundError when the channel does not exist
 */
export async function stopBroadcast(
  { database, resources }: BroadcastDependencies,
  channelId: string,
  budget: Budget,
): Promise<void> {
  const arn = await arnOf(database, channelId);
  if ((await withChannelErrors(resources.stopStream(arn, budget))) === 'offline') throw offline();
}

/**
 * Sends `metadata` to every viewer at the current position of the broadcast.
 *
 * @param metadata 1 to 1024 bytes of UTF-8
 * @throws ConflictError when the channel is not live
 * @throws BusyError when IVS is busy: it accepts 5 calls per second for one channel
 * @throws NotFoundError when the channel does not exist
 */
export async function sendMetadata(
  { database, resources }: BroadcastDependencies,
  channelId: string,
  metadata: string,
  budget: Budget,
): Promise<void> {
  const arn = await arnOf(database, channelId);
  if ((await withChannelErrors(resources.putMetadata(arn, metadata, budget))) === 'offline') throw offline();
}

async function arnOf(database: Database<'channels'>, channelId: string): Promise<string> {
  const channel = await getChannel(database, channelId);
  if (channel === undefined) throw new NotFoundError('channel');
  return channel.arn;
}
