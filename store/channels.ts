import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import {
  type Channel,
  type ChannelPageRow,
  channelPageRow,
  type LiveChannel,
  liveChannelRow,
} from '../model/channel.ts';
import { present } from '../model/row.ts';
import type { Database } from './database.ts';
import { type Page, type PageRequest, queryPage } from './pages.ts';
import type { TransactItem } from './transaction.ts';
import { differences, setAll } from './update.ts';

type ChannelsDatabase = Database<'channels'>;

/** The public page of the channel whose owner has `username`, in any case. One request; lags behind writes a little. */
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

/** Live channels, of one category or of all, newest first. One request a page. */
export function listLive(
  database: ChannelsDatabase,
  categoryId: string | undefined,
  page: PageRequest,
): Promise<Page<LiveChannel>> {
  const [index, hash, value] =
    categoryId === undefined
      ? ['liveIndex', 'live', present]
      : ['liveCategoryIndex', 'liveCategoryId', categoryId];
  return queryPage(
    database,
    liveChannelRow,
    {
      TableName: database.names.channels,
      IndexName: index,
      KeyConditionExpression: '#hash = :value',
      ExpressionAttributeNames: { '#hash': hash },
      ExpressionAttributeValues: { ':value': value },
      ScanIndexForward: false,
    },
    page,
  );
}

/** The attributes of a channel that follow from its sessions. */
export type ChannelLiveState = Pick<
  Channel,
  | 'isLive'
  | 'newestStreamId'
  | 'newestStartedAt'
  | 'openStreamId'
  | 'live'
  | 'liveStartedAt'
  | 'liveCategoryId'
>;

/**
 * Writes what a lifecycle event makes of the channel, if no other has been folded since `channel` was read.
 * Every lifecycle event goes through this condition, so a channel's are folded one after another.
 */
export function putLiveState(
  { names }: Pick<ChannelsDatabase, 'names'>,
  channel: Channel,
  state: ChannelLiveState,
  now: string,
): TransactItem {
  const changed = differences(channel, { ...channel, ...state });
  const update = setAll({ ...changed, version: channel.version + 1, updatedAt: now });
  return {
    Update: {
      TableName: names.channels,
      Key: { id: channel.id },
      ...update,
      ConditionExpression: '#version = :read',
      ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ':read': channel.version },
    },
  };
}
