import type { Budget } from '../ivs/budget.ts';
import type { UserResources } from '../ivs/ports.ts';
import { getChannel } from '../store/channels.ts';
import type { Database } from '../store/database.ts';
import { ConflictError, NotFoundError } from './errors.ts';
import { ofChannel } from './ivsAnswers.ts';

export interface BroadcastDependencies {
  readonly database: Database<'channels'>;
  readonly resources: Pick<UserResources, 'stopStream' | 'putMetadata'>;
}

// Whether a channel broadcasts is IVS's to say, not the tables': they hear of it some seconds later.
const offline = () => new ConflictError('not-live', 'the channel is not live');

/**
 * Ends a channel's broadcast. The tables follow when IVS's events arrive. An encoder that is set to reconnect comes
 * back with a new session: replacing the stream key first keeps it off.
 *
 * @throws ConflictError when the channel is not broadcasting
 * @throws BusyError when IVS is busy
 * @throws NotFoundError when the channel is gone
 */
export async function stopBroadcast(
  { database, resources }: BroadcastDependencies,
  channelId: string,
  budget: Budget,
): Promise<void> {
  const arn = await arnOf(database, channelId);
  if ((await ofChannel(resources.stopStream(arn, budget))) === 'offline') throw offline();
}

/**
 * Sends `metadata` to every viewer, at this moment of the broadcast.
 *
 * @param metadata 1 to 1024 bytes of UTF-8
 * @throws ConflictError when the channel is not broadcasting
 * @throws BusyError when IVS is busy: it takes 5 a second of one channel
 * @throws NotFoundError when the channel is gone
 */
export async function sendMetadata(
  { database, resources }: BroadcastDependencies,
  channelId: string,
  metadata: string,
  budget: Budget,
): Promise<void> {
  const arn = await arnOf(database, channelId);
  if ((await ofChannel(resources.putMetadata(arn, metadata, budget))) === 'offline') throw offline();
}

async function arnOf(database: Database<'channels'>, channelId: string): Promise<string> {
  const channel = await getChannel(database, channelId);
  if (channel === undefined) throw new NotFoundError('channel');
  return channel.arn;
}
