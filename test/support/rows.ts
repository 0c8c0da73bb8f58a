import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { CATALOGUE, type Category } from '../../model/category.ts';
import { type Channel, directoryKeys } from '../../model/channel.ts';
import { present, shardOf } from '../../model/row.ts';
import { displayNameKeysOf } from '../../model/searchKey.ts';
import { type Stream, vodKeys } from '../../model/stream.ts';
import type { TableName } from '../../model/tables.ts';
import { nameRangeOf } from '../../model/username.ts';
import type { Database } from '../../store/database.ts';

const times = { createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' };
const region = 'arn:aws:ivs:us-west-2:000000000000';

/** A channel that has never streamed. Its id is its owner's name, unless `overrides` has another. */
export function channel(overrides: Partial<Channel> = {}): Channel {
  const username = overrides.username ?? 'ann';
  const id = overrides.id ?? username;
  return {
    id,
    arn: `${region}:channel/${id}`,
    userId: `user-${id}`,
    username,
    usernameKey: username.toLowerCase(),
    nameRange: nameRangeOf(username.toLowerCase()),
    title: `${username}'s stream`,
    playbackUrl: `https://playback.example/${id}.m3u8`,
    ingestEndpoint: `ingest-${id}.global-contribute.live-video.net`,
    streamKey: `sk_us-west-2_${id}`,
    followerCount: 0,
    isPartner: false,
    isLive: false,
    version: 0,
    ...times,
    ...displayNameKeysOf(overrides.displayName),
    ...overrides,
  };
}

/** A session of `owner` that has ended, unless `overrides` says otherwise. */
export function stream(owner: Channel, overrides: Partial<Stream> = {}): Stream {
  const row = {
    channelId: owner.id,
    id: `st-${owner.id}`,
    channelArn: owner.arn,
    username: owner.username,
    playbackUrl: owner.playbackUrl,
    title: owner.title,
    categoryId: owner.categoryId,
    startedAt: '2026-01-15T10:00:00.000Z',
    endedAt: '2026-01-15T11:30:00.000Z',
    isLive: false,
    isHealthy: true,
    hasErrorEvent: false,
    evidence: {},
    version: 1,
    ...times,
    ...overrides,
  };
  return { ...vodKeys(row), ...row };
}

/** A live session of `owner`, and the row of its channel. */
export function live(
  owner: Channel,
  overrides: Partial<Stream> = {},
): { readonly channel: Channel; readonly stream: Stream } {
  const session = stream(owner, {
    endedAt: undefined,
    isOpen: shardOf(present, owner.id),
    isLive: true,
    ...overrides,
  });
  return {
    stream: session,
    channel: {
      ...owner,
      isLive: true,
      newestStreamId: session.id,
      newestStartedAt: session.startedAt,
      openStreamId: session.id,
      ...directoryKeys({ id: owner.id, categoryId: session.categoryId }),
      liveStartedAt: session.startedAt,
    },
  };
}

export function category(overrides: Partial<Category> = {}): Category {
  const id = overrides.id ?? 'music';
  return { catalogue: CATALOGUE, id, name: id, sortOrder: 1, ...times, ...overrides };
}

/** Writes `rows` without the conditions that the stores use. */
export async function putRows<T extends TableName>(
  { client, names }: Database<T>,
  table: T,
  rows: readonly object[],
): Promise<void> {
  const name = names[table];
  const all = rows.map(row => ({ PutRequest: { Item: { ...row } } }));
  for (let at = 0; at < all.length; at += 25) {
    const { UnprocessedItems } = await client.send(
      new BatchWriteCommand({ RequestItems: { [name]: all.slice(at, at + 25) } }),
    );
    if (Object.keys(UnprocessedItems ?? {}).length > 0) throw new Error('the engine left rows unwritten');
  }
}
