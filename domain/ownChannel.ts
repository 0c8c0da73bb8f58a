import type { Channel } from '../model/channel.ts';
import { isStarted, type StartedStream } from '../model/stream.ts';
import { toTimestamp } from '../model/time.ts';
import { usernameKeyOf } from '../model/username.ts';
import { retryOnConflict } from '../store/conflicts.ts';
import type { Database } from '../store/database.ts';
import { type Description, describeChannel, describePastStream, readForEdit } from '../store/ownChannel.ts';
import type { Caller } from './accounts/tokens.ts';
import { getChannelByUsername } from './channelPage.ts';
import { ForbiddenError, NotFoundError, RefusedValuesError } from './errors.ts';

export interface EditDependencies {
  readonly database: Database<'channels' | 'streams' | 'categories'>;
  readonly clock: () => Date;
}

/** What is to change: members that are left out stay, and null takes the category away. */
export interface Edit {
  readonly title?: string | undefined;
  readonly categoryId?: string | null | undefined;
}

/**
 * Edits a channel, and the stream that is open on it with it. Two database requests, more only when others write to
 * the channel at the same time.
 *
 * @throws NotFoundError when the channel is gone
 * @throws RefusedValuesError when there is no such category
 */
export function editChannel(
  { database, clock }: EditDependencies,
  channelId: string,
  edit: Edit,
): Promise<Channel> {
  const description = descriptionOf(edit);
  return retryOnConflict(async () => {
    const { channel, category } = await readForEdit(database, channelId, description);
    if (channel === undefined) throw new NotFoundError('channel');
    mustExist(description, category);
    if (isEmpty(description)) return channel;
    return (await describeChannel(database, channel, description, toTimestamp(clock()))) ?? 'conflict';
  });
}

/**
 * Edits a stream of the caller's, also when it is over. While it is open its title and category are the channel's,
 * and the channel is edited with it. Two database requests.
 *
 * @throws NotFoundError when there is no such channel or stream
 * @throws ForbiddenError when the channel is somebody else's
 * @throws RefusedValuesError when there is no such category
 */
export function editStream(
  { database, clock }: EditDependencies,
  caller: Pick<Caller, 'channelId'>,
  { username, streamId }: { readonly username: string; readonly streamId: string },
  edit: Edit,
): Promise<StartedStream> {
  const description = descriptionOf(edit);
  return retryOnConflict(async () => {
    const read = await readForEdit(database, caller.channelId, { ...description, streamId });
    const { channel, stream, category } = read;
    if (channel?.usernameKey !== usernameKeyOf(username)) {
      await getChannelByUsername(database, username);
      throw new ForbiddenError('not-owner', 'only the owner of a channel may edit its streams');
    }
    if (!isStarted(stream)) throw new NotFoundError('stream');
    mustExist(description, category);
    if (isEmpty(description)) return stream;
    const now = toTimestamp(clock());
    const written =
      channel.openStreamId === stream.id
        ? (await describeChannel(database, channel, description, now)) !== undefined
        : await describePastStream(database, stream, description, now);
    return written ? { ...stream, ...description } : 'conflict';
  });
}

function descriptionOf({ title, categoryId }: Edit): Description {
  return {
    ...(title === undefined ? {} : { title }),
    ...(categoryId === undefined ? {} : { categoryId: categoryId ?? undefined }),
  };
}

const isEmpty = (description: Description) => Object.keys(description).length === 0;

function mustExist({ categoryId }: Description, category: object | undefined): void {
  if (categoryId !== undefined && category === undefined)
    throw new RefusedValuesError([{ field: 'categoryId', message: 'there is no such category' }]);
}
