import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { banRow } from '../../model/ban.ts';
import { followRow } from '../../model/follow.ts';
import { getChannel } from '../../store/channels.ts';
import { getChatRoom } from '../../store/chatRooms.ts';
import type { Database } from '../../store/database.ts';
import { getStage } from '../../store/stages.ts';
import { userIdNamed } from '../../store/usernames.ts';
import { getUser } from '../../store/users.ts';
import { readSessions } from '../support/eventHandling.ts';
import type { Owned } from './actions.ts';
import type { Person } from './people.ts';

/** The rows of one person. */
export interface OwnedRows {
  readonly owned: Owned;
  readonly followerCount: number;
  readonly streamKey: string | undefined;
}

/** Reads a person's rows consistently. Undefined if the channel does not exist. */
export async function readOwned(database: Database, person: Person): Promise<OwnedRows | undefined> {
  const { channelId, userId } = person;
  const [channel, room, stage, sessions, bans, follows] = await Promise.all([
    getChannel(database, channelId),
    getChatRoom(database, person.chatRoomId),
    getStage(database, person.stageId),
    readSessions(database, channelId),
    rowsOf(database, database.names.bans, 'channelId', channelId),
    rowsOf(database, database.names.follows, 'userId', userId),
  ]);
  if (channel === undefined) return undefined;
  return {
    followerCount: channel.followerCount,
    streamKey: channel.streamKey,
    owned: {
      title: channel.title,
      streamTitle: sessions.find(({ id }) => id === person.streamId)?.title ?? '',
      blockedTerms: room?.blockedTerms ?? [],
      banned: bans.map(row => banRow.parse(row).userId).sort(),
      invited: (stage?.invitations ?? []).map(guest => guest.userId).sort(),
      following: follows.map(row => followRow.parse(row).channelId).sort(),
    },
  };
}

/** The tables that still have rows of a deleted account. */
export async function leftBehind(database: Database, person: Person): Promise<string[]> {
  const { names } = database;
  const { channelId, chatRoomId, stageId, userId, username } = person;
  const left = {
    users: await getUser(database, userId),
    // The name is kept from others, and belongs to nobody.
    usernames: await userIdNamed(database, username),
    channels: await getChannel(database, channelId),
    chatRooms: await getChatRoom(database, chatRoomId),
    stages: await getStage(database, stageId),
    streams: (await readSessions(database, channelId))[0],
    bans: (await rowsOf(database, names.bans, 'channelId', channelId))[0],
    moderators: (await rowsOf(database, names.moderators, 'channelId', channelId))[0],
    audit: (await rowsOf(database, names.audit, 'channelId', channelId))[0],
    follows: (await rowsOf(database, names.follows, 'userId', userId))[0],
    stageTokens: (await rowsOf(database, names.stageTokens, 'stageId', stageId))[0],
    stageRequests: (await rowsOf(database, names.stageRequests, 'stageId', stageId))[0],
    streamEvents: (await rowsOf(database, names.streamEvents, 'streamId', person.streamId))[0],
  };
  return Object.entries(left).flatMap(([table, row]) => (row === undefined ? [] : [table]));
}

async function rowsOf({ client }: Database, TableName: string, hash: string, value: string) {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName,
      ConsistentRead: true,
      KeyConditionExpression: '#hash = :value',
      ExpressionAttributeNames: { '#hash': hash },
      ExpressionAttributeValues: { ':value': value },
    }),
  );
  return Items;
}
