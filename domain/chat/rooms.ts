import type { ChannelPageRow } from '../../model/channel.ts';
import type { Database } from '../../store/database.ts';
import type { Caller } from '../accounts/tokens.ts';
import { getChannelByUsername } from '../channelPage.ts';
import { ForbiddenError, NotFoundError } from '../errors.ts';

/**
 * The channel of the user called `username`, for its owner alone. One database request.
 *
 * @throws NotFoundError when there is no such channel
 * @throws ForbiddenError when it is somebody else's
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
 * The ARN of a channel's chat room.
 * @throws NotFoundError when the channel has none
 */
export function roomArnOf({ chatRoomArn }: Pick<ChannelPageRow, 'chatRoomArn'>): string {
  if (chatRoomArn === undefined) throw new NotFoundError('chat room');
  return chatRoomArn;
}
