import type { ChannelPageRow } from '../../model/channel.ts';
import type { Database } from '../../store/database.ts';
import type { Caller } from '../accounts/tokens.ts';
import { getChannelByUsername } from '../channelPage.ts';
import { ForbiddenError, NotFoundError } from '../errors.ts';

/**
 * Reads the channel of the user `username` and checks that the caller owns it. One database request.
 *
 * @throws NotFoundError when the channel does not exist
 * @throws ForbiddenError when the caller does not own the channel
 */
export async function getModeratedChannel(
  database: Database<'channels'>,
  caller: Pick<Caller, 'channelId'>,
  username: string,
): Promise<ChannelPageRow> {
  const channel = await getChannelByUsername(database, username);
  if (channel.id !== caller.channelId)
    throw new ForbiddenError('not-owner', 'only the owner of a channel may moderate its chat');
  return channel;
}

/**
 * Returns the ARN of a channel's chat room.
 *
 * @throws NotFoundError when the channel has no chat room
 */
export function roomArnOf({ chatRoomArn }: Pick<ChannelPageRow, 'chatRoomArn'>): string {
  if (chatRoomArn === undefined) throw new NotFoundError('chat room');
  return chatRoomArn;
}
