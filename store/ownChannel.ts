import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { CATALOGUE, type Category, categoryRow } from '../model/category.ts';
import { type Channel, channelRow } from '../model/channel.ts';
import { type Stream, streamRow } from '../model/stream.ts';
import type { Timestamp } from '../model/time.ts';
import { batchGet, type TableKey } from './batchGet.ts';
import { putChannel } from './channels.ts';
import type { Database } from './database.ts';
import { type TransactItem, transact } from './transaction.ts';
import { setAll } from './update.ts';

type OwnChannelDatabase = Database<'channels' | 'streams' | 'categories'>;

/** What an owner says of a channel or of a stream. A member that is left out stays; a category that is undefined goes. */
export interface Description {
  readonly title?: string;
  readonly categoryId?: string | undefined;
}

/** What an edit depends on, as it was read together. */
export interface EditRead {
  readonly channel: Channel | undefined;
  readonly stream: Stream | undefined;
  readonly category: Category | undefined;
}

/** Reads a channel and, if they are named, a stream of it and a category, consistently. One request. */
export async function readForEdit(
  database: OwnChannelDatabase,
  channelId: string,
  { streamId, categoryId }: { readonly streamId?: string; readonly categoryId?: string | undefined },
): Promise<EditRead> {
  const { channels, streams, categories } = database.names;
  const keys: TableKey[] = [{ table: channels, key: { id: channelId } }];
  if (streamId !== undefined) keys.push({ table: streams, key: { channelId, id: streamId } });
  if (categoryId !== undefined)
    keys.push({ table: categories, key: { catalogue: CATALOGUE, id: categoryId } });
  const rows = await batchGet(database, keys);
  const first = (table: string) => rows.get(table)?.[0];
  return {
    channel: channelRow.optional().parse(first(channels)),
    stream: streamRow.optional().parse(first(streams)),
    category: categoryRow.optional().parse(first(categories)),
  };
}

/**
 * Describes a channel and the stream that is open on it alike, all or nothing, if the channel is as it was read.
 *
 * The fold copies the description into a stream when its session starts, on the same condition: of an edit and a
 * start at one time one comes first, and either way the stream has the channel's title and category together. Nor
 * is the card of the directory ever another's: it is the channel's row.
 *
 * @returns the channel as it is then; undefined when it was not as it was read, and nothing was written.
 * @throws TransactionContentionError
 */
export async function describeChannel(
  database: OwnChannelDatabase,
  channel: Channel,
  description: Description,
  now: Timestamp,
): Promise<Channel | undefined> {
  const card =
    channel.live !== undefined && 'categoryId' in description
      ? { liveCategoryId: description.categoryId }
      : {};
  const after = { ...channel, ...description, ...card, updatedAt: now };
  const items: TransactItem[] = [putChannel(database, channel, after)];
  if (channel.openStreamId !== undefined) {
    const key = { channelId: channel.id, id: channel.openStreamId };
    items.push({
      Update: {
        TableName: database.names.streams,
        Key: key,
        ...setAll({ ...description, updatedAt: now }),
        ConditionExpression: 'attribute_exists(id)',
      },
    });
  }
  const { committed } = await transact(database, items);
  return committed ? after : undefined;
}

/**
 * Describes a stream that is over. An open one goes with its channel.
 *
 * @returns whether it was written: not if it is open, or gone.
 */
export async function describePastStream(
  { client, names }: Database<'streams'>,
  { channelId, id }: Pick<Stream, 'channelId' | 'id'>,
  description: Description,
  now: Timestamp,
): Promise<boolean> {
  try {
    await client.send(
      new UpdateCommand({
        TableName: names.streams,
        Key: { channelId, id },
        ...setAll({ ...description, updatedAt: now }),
        ConditionExpression: 'attribute_exists(id) AND attribute_not_exists(isOpen)',
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
