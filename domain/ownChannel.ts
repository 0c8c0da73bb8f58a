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

/** The requested changes. Missing members stay unchanged, and null removes the category. */
export interface Edit {
  readonly title?: string | undefined;
  readonly categoryId?: string | null | undefined;
}

/**
 * Edits a channel and its open stream. Two database requests; more only when other writers change the channel
 * at the same time.
 *
 * @throws NotFoundError when the channel does not exist
 * @throws RefusedValuesError when the category does not exist
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
    requireCategory(description, category);
    if (isEmpty(description)) return channel;
    return (await describeChannel(database, channel, description, toTimestamp(clock()))) ?? 'conflict';
  });
}

/**
 * Edits one of the caller's streams, open or ended. An open stream has the channel's title and category, so
 * the channel is edited too. Two database requests.
 *
 * @throws NotFoundError when the channel or the stream does not exist
 * @throws ForbiddenError when the caller does not own the channel
 * @throws RefusedValuesError when the category does not exist
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
    requireCategory(description, category);
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

function requireCategory({ categoryId }: Description, category: object | undefined): void {
  if (categoryId !== undefined && category === undefined)
    throw new RefusedValuesError([{ field: 'categoryId', message: 'there is no such category' }]);
}
