import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { CATALOGUE, type Category, categoryRow } from '../model/category.ts';
import { type Channel, channelRow, directoryKeys } from '../model/channel.ts';
import { type Stream, streamRow, vodKeys } from '../model/stream.ts';
import type { Timestamp } from '../model/time.ts';
import * as z from '../model/zod.ts';
import { batchGet, type TableKey } from './batchGet.ts';
import { putChannel } from './channels.ts';
import type { Database } from './database.ts';
import { type TransactItem, transact } from './transaction.ts';
import { setAll } from './update.ts';

type OwnChannelDatabase = Database<'channels' | 'streams' | 'categories'>;

/**
 * The owner's description of a channel or a stream. A missing member stays unchanged; an undefined category
 * is removed.
 */
export interface Description {
  readonly title?: string;
  readonly categoryId?: string | undefined;
}

/** The rows on which an edit depends, read together. */
export interface EditRead {
  readonly channel: Channel | undefined;
  readonly stream: Stream | undefined;
  readonly category: Category | undefined;
}

/**
 * Reads a channel and, if their ids are given, one of its streams and a category, consistently. One request.
 */
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
    channel: z.optional(channelRow).parse(first(channels)),
    stream: z.optional(streamRow).parse(first(streams)),
    category: z.optional(categoryRow).parse(first(categories)),
  };
}

/**
 * Changes the description of a channel and of its open stream together, if the channel is unchanged since it
 * was read.
 *
 * The fold copies the description into a stream when its session starts, on the same condition. So an edit
 * and a start at the same time are ordered, and the stream always has the channel's title and category. The
 * directory shows the channel's own row, so it shows the same description.
 *
 * @returns the new channel, or undefined when the channel had changed; then nothing was written.
 * @throws TransactionContentionError when other writers kept conflicting.
 */
export async function describeChannel(
  database: OwnChannelDatabase,
  channel: Channel,
  description: Description,
  now: Timestamp,
): Promise<Channel | undefined> {
  const described = { ...channel, ...description };
  const keys = channel.live === undefined ? {} : directoryKeys(described);
  const after = { ...described, ...keys, updatedAt: now };
  const items: TransactItem[] = [putChannel(database, channel, after)];
  if (channel.openStreamId !== undefined) {
    const key = { channelId: channel.id, id: channel.openStreamId };
    items.push({
      Update: {
        TableName: database.names.streams,
        Key: key,
        ...setAll({ ...descriptionOf(channel.id, description), updatedAt: now }),
        ConditionExpression: 'attribute_exists(id)',
      },
    });
  }
  const { committed } = await transact(database, items);
  return committed ? after : undefined;
}

/**
 * Changes the description of an ended stream. An open stream changes with its channel.
 *
 * @returns false when the stream is open or does not exist; then nothing was written.
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
        ...setAll({ ...descriptionOf(channelId, description), updatedAt: now }),
        ConditionExpression: 'attribute_exists(id) AND attribute_not_exists(isOpen)',
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** Returns the attributes of a stream with this description. */
function descriptionOf(channelId: string, description: Description): Description & Partial<Stream> {
  return 'categoryId' in description
    ? { ...description, ...vodKeys({ channelId, categoryId: description.categoryId }) }
    : description;
}
