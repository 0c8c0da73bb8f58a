import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import {
  type Channel,
  type ChannelPageRow,
  channelPageRow,
  channelRow,
  type FollowedChannelRow,
  followedChannelRow,
  type LiveChannel,
  liveChannelRow,
  type NamedChannel,
  namedChannelRow,
  type RankedChannel,
  rankedChannelRow,
} from '../model/channel.ts';
import { present, shardsOf } from '../model/row.ts';
import { displayNameKeysOf, initialOf } from '../model/searchKey.ts';
import { nameRangeOf, nameRanges, usernameKeyOf } from '../model/username.ts';
import * as z from '../model/zod.ts';
import { batchGet } from './batchGet.ts';
import type { Database } from './database.ts';
import { type Key, type Page, type PageRequest, queryAll, queryPage } from './pages.ts';
import { queryShards } from './shards.ts';
import type { TransactItem } from './transaction.ts';
import { differences, setAll } from './update.ts';

type ChannelsDatabase = Database<'channels'>;

/**
 * Reads the public page of the channel whose owner has `username`, regardless of case. One request; may lag
 * behind writes.
 */
export async function findByUsername(
  { client, names }: ChannelsDatabase,
  username: string,
): Promise<ChannelPageRow | undefined> {
  const answer = await client.send(
    new QueryCommand({
      TableName: names.channels,
      IndexName: 'usernameIndex',
      KeyConditionExpression: 'usernameKey = :key',
      ExpressionAttributeValues: { ':key': username.toLowerCase() },
      Limit: 1,
    }),
  );
  const [item] = answer.Items ?? [];
  return item === undefined ? undefined : channelPageRow.parse(item);
}

/**
 * Lists live channels of one category or of all, newest first. Four requests per page, all at the same time: see
 * `queryShards`.
 *
 * @param page `after` has, for each partition, the last channel that earlier pages showed.
 */
export function listLive(
  database: ChannelsDatabase,
  categoryId: string | undefined,
  page: PageRequest,
): Promise<Page<LiveChannel>> {
  const [index, hash, value] =
    categoryId === undefined
      ? ['liveIndex', 'live', present]
      : ['liveCategoryIndex', 'liveCategoryId', categoryId];
  const table = database.names.channels;
  return queryShards(database, liveChannelRow, { table, index, hash, value, range: 'liveStartedAt' }, page);
}

/**
 * Reads the viewers of every live channel, in no particular order. The partitions of the index are read at the same
 * time, each with one request for 1 MB: about 2,000 channels. The index may lag behind writes.
 */
export async function allLive(database: ChannelsDatabase): Promise<RankedChannel[]> {
  const attributes = Object.keys(rankedChannelRow.shape);
  const partitions = shardsOf(present).map(async shard => {
    const live: RankedChannel[] = [];
    const rows = queryAll(database, rankedChannelRow, {
      TableName: database.names.channels,
      IndexName: 'liveIndex',
      KeyConditionExpression: 'live = :live',
      ExpressionAttributeValues: { ':live': shard },
      ProjectionExpression: attributes.join(', '),
    });
    for await (const row of rows) live.push(row);
    return live;
  });
  return (await Promise.all(partitions)).flat();
}

/**
 * Lists channels, live or not, by name: all, or those whose name begins with `prefix`, regardless of case. One request
 * for a prefix. Otherwise one for each partition that the page takes rows from: mostly one, at most five. The index may
 * lag behind writes.
 */
export async function listByName(
  database: ChannelsDatabase,
  prefix: string,
  { limit, after }: PageRequest,
): Promise<Page<NamedChannel>> {
  const key = usernameKeyOf(prefix);
  // No name begins like a prefix that is in no partition.
  const first = nameRanges.indexOf(String(after?.['nameRange'] ?? nameRangeOf(key)));
  if (first === -1) return { items: [] };
  const items: NamedChannel[] = [];
  for (const range of nameRanges.slice(first, key === '' ? undefined : first + 1)) {
    if (items.length === limit) return { items, next: { nameRange: range } };
    const query = {
      TableName: database.names.channels,
      IndexName: 'nameIndex',
      KeyConditionExpression: `nameRange = :range${key === '' ? '' : ' AND begins_with(usernameKey, :prefix)'}`,
      ExpressionAttributeValues: { ':range': range, ...(key === '' ? {} : { ':prefix': key }) },
    };
    // Without a name, the key is the beginning of its partition.
    const begin = after?.['nameRange'] === range && 'usernameKey' in after ? after : undefined;
    const page = await queryPage(database, namedChannelRow, query, {
      limit: limit - items.length,
      after: begin,
    });
    items.push(...page.items);
    if (page.next !== undefined) return { items, next: page.next };
  }
  return { items };
}

/**
 * Writes whether the owner's stage is live. The version stays the same, so that no event of a session conflicts with
 * events of the stage. The version of the stage, which is in the same transaction, orders these writes. The condition
 * fails when the channel is deleted.
 */
export function showStage(
  { names }: Pick<ChannelsDatabase, 'names'>,
  channelId: string,
  isStageLive: boolean,
): TransactItem {
  return {
    Update: {
      TableName: names.channels,
      Key: { id: channelId },
      ...setAll({ isStageLive: isStageLive || undefined }),
      ConditionExpression: 'attribute_exists(id)',
    },
  };
}

const displayNamePlace = z.extend(z.pick(channelRow, { id: true, usernameKey: true }), {
  displayNameInitial: z.string(),
  displayNameKey: z.string(),
});

/** A channel in the index of display names. It is also the key after which `listByDisplayName` continues. */
export type DisplayNamePlace = z.infer<typeof displayNamePlace>;

/**
 * Lists the places of the channels whose display name begins with `prefix`, in the order of these names. `prefix` is a
 * search key that is not empty. One request. The index may lag behind writes.
 */
export function listByDisplayName(
  database: ChannelsDatabase,
  prefix: string,
  page: PageRequest,
): Promise<Page<DisplayNamePlace>> {
  const query = {
    TableName: database.names.channels,
    IndexName: 'displayNameIndex',
    KeyConditionExpression: 'displayNameInitial = :initial AND begins_with(displayNameKey, :prefix)',
    ExpressionAttributeValues: { ':initial': initialOf(prefix), ':prefix': prefix },
  };
  return queryPage(database, displayNamePlace, query, page);
}

/** Returns the key after which `listByDisplayName` continues behind `place`. */
export function displayNameKey({ id, displayNameInitial, displayNameKey }: DisplayNamePlace): Key {
  return { id, displayNameInitial, displayNameKey };
}

/**
 * Reads channels as lists by name show them, by their ids and in this order. Missing channels are left out. One request
 * for up to 100 ids.
 */
export async function getNamedChannels(
  database: ChannelsDatabase,
  ids: readonly string[],
): Promise<NamedChannel[]> {
  const table = database.names.channels;
  const rows = await batchGet(
    database,
    ids.map(id => ({ table, key: { id } })),
    { consistent: false, attributes: Object.keys(namedChannelRow.shape) },
  );
  const channels = new Map((rows.get(table) ?? []).map(row => [row['id'], namedChannelRow.parse(row)]));
  return ids.flatMap(id => channels.get(id) ?? []);
}

/** The attributes of a channel that derive from its sessions. */
export type ChannelLiveState = Pick<
  Channel,
  | 'isLive'
  | 'newestStreamId'
  | 'newestStartedAt'
  | 'openStreamId'
  | 'live'
  | 'liveStartedAt'
  | 'liveCategoryId'
  | 'livePreviewPath'
>;

/** The live-state attribute that also changes while no session starts or ends. */
export type ChannelPreview = Pick<Channel, 'livePreviewPath'>;

/**
 * Writes an event's changes to the channel, if no other event changed it since `channel` was read. Every
 * lifecycle event and every event that changes the preview uses this condition, so the events of a channel
 * are folded one after another.
 *
 * A write that opens or closes a session removes the viewers of the session before. They may have been written after
 * `channel` was read, because writing them does not change the version (see `currentViewers.ts`).
 */
export function putLiveState(
  { names }: Pick<ChannelsDatabase, 'names'>,
  channel: Channel,
  state: ChannelLiveState | ChannelPreview,
  now: string,
): TransactItem {
  const isSameSession = !('openStreamId' in state) || state.openStreamId === channel.openStreamId;
  const removed = isSameSession ? {} : { viewers: undefined, viewersAt: undefined };
  const after = { ...channel, ...state, ...removed, updatedAt: now };
  return { Update: changesOf(names.channels, channel, after, removed) };
}

/** Reads a channel's whole row consistently. One request. */
export async function getChannel(
  { client, names }: ChannelsDatabase,
  id: string,
): Promise<Channel | undefined> {
  const { Item } = await client.send(
    new GetCommand({ TableName: names.channels, Key: { id }, ConsistentRead: true }),
  );
  return Item === undefined ? undefined : channelRow.parse(Item);
}

/**
 * Reads the public pages of the channels with these ids. Missing channels are left out. One request for up to
 * 100 ids.
 */
export async function getPages(
  database: ChannelsDatabase,
  ids: readonly string[],
): Promise<Map<string, FollowedChannelRow>> {
  const table = database.names.channels;
  const rows = await batchGet(
    database,
    ids.map(id => ({ table, key: { id } })),
    { consistent: false, attributes: Object.keys(followedChannelRow.shape) },
  );
  const pages = (rows.get(table) ?? []).map(row => followedChannelRow.parse(row));
  return new Map(pages.map(page => [page.id, page]));
}

/**
 * Reads what lists show of the channels with these ids, in the order of the ids. Missing channels are left out. One
 * request for up to 100 ids; may lag behind writes.
 */
export async function getListed(
  database: ChannelsDatabase,
  ids: readonly string[],
): Promise<readonly NamedChannel[]> {
  const table = database.names.channels;
  const rows = await batchGet(
    database,
    ids.map(id => ({ table, key: { id } })),
    { consistent: false, attributes: Object.keys(namedChannelRow.shape) },
  );
  const channels = (rows.get(table) ?? []).map(row => namedChannelRow.parse(row));
  const byId = new Map(channels.map(channel => [channel.id, channel]));
  return ids.flatMap(id => byId.get(id) ?? []);
}

/**
 * Writes the differences between `before`, as it was read, and `after`, if no other writer changed the
 * channel since. The follower count is not written: `after` has the count that was read.
 */
export function putChannel(
  { names }: Pick<ChannelsDatabase, 'names'>,
  before: Channel,
  after: Channel,
): TransactItem {
  return { Update: changesOf(names.channels, before, after) };
}

/**
 * Does the same as `putChannel` in a request of its own.
 *
 * @param followersBelow writes only while the channel has fewer followers. Counting a follower does not
 * change the version.
 * @returns whether the row was written.
 */
export async function writeChannel(
  { client, names }: ChannelsDatabase,
  before: Channel,
  after: Channel,
  followersBelow?: number,
): Promise<boolean> {
  const changes = changesOf(names.channels, before, after);
  const update =
    followersBelow === undefined
      ? changes
      : {
          ...changes,
          ConditionExpression: `${changes.ConditionExpression} AND followerCount < :followers`,
          ExpressionAttributeValues: { ...changes.ExpressionAttributeValues, ':followers': followersBelow },
        };
  try {
    await client.send(new UpdateCommand(update));
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/**
 * Yields the ids of all channels with a pending task, longest-waiting first. The index may lag behind writes.
 */
export async function* allPending(database: ChannelsDatabase): AsyncGenerator<string> {
  const rows = queryAll(database, z.pick(channelRow, { id: true }), {
    TableName: database.names.channels,
    IndexName: 'pendingIndex',
    KeyConditionExpression: 'pending = :present',
    ExpressionAttributeValues: { ':present': present },
  });
  for await (const { id } of rows) yield id;
}

/** @param removed attributes to remove even if `before` does not have them. */
function changesOf(table: string, before: Channel, after: Channel, removed: Partial<Channel> = {}) {
  // Rows of schema version 3 have no range.
  const named = {
    ...after,
    nameRange: nameRangeOf(after.usernameKey),
    ...displayNameKeysOf(after.displayName),
  };
  const update = setAll({ ...differences(before, named), ...removed, version: before.version + 1 });
  return {
    TableName: table,
    Key: { id: before.id },
    ...update,
    ConditionExpression: '#version = :read',
    ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ':read': before.version },
  };
}

/**
 * Returns the condition that the channel exists, so that rows written with it cannot outlive the channel's
 * deletion.
 */
export function channelExists({ names }: Pick<ChannelsDatabase, 'names'>, id: string): TransactItem {
  return {
    ConditionCheck: {
      TableName: names.channels,
      Key: { id },
      ConditionExpression: 'attribute_exists(id)',
    },
  };
}
