import { type Channel, channelRow } from '../model/channel.ts';
import { type ChatRoom, chatRoomRow } from '../model/chatRoom.ts';
import { type Session, sessionRow } from '../model/session.ts';
import { type Stage, stageRow } from '../model/stage.ts';
import { type User, userRow } from '../model/user.ts';
import { batchGet } from './batchGet.ts';
import type { Database } from './database.ts';
import { type ActiveSession, sessionIsActive } from './sessions.ts';
import type { TransactItem } from './transaction.ts';
import { hasSamePassword } from './users.ts';

/** Reads a user and their channel together, consistently. One request. */
export async function getUserAndChannel(
  database: Database<'users' | 'channels'>,
  userId: string,
  channelId: string,
): Promise<{ user: User | undefined; channel: Channel | undefined }> {
  const { users, channels } = database.names;
  const rows = await batchGet(database, [
    { table: users, key: { id: userId } },
    { table: channels, key: { id: channelId } },
  ]);
  const [user] = rows.get(users) ?? [];
  const [channel] = rows.get(channels) ?? [];
  return {
    user: user === undefined ? undefined : userRow.parse(user),
    channel: channel === undefined ? undefined : channelRow.parse(channel),
  };
}

/** Reads a user and one of their sessions together, consistently. One request. */
export async function getUserAndSession(
  database: Database<'users' | 'sessions'>,
  userId: string,
  sessionId: string,
): Promise<{ user: User | undefined; session: Session | undefined }> {
  const { users, sessions } = database.names;
  const rows = await batchGet(database, [
    { table: users, key: { id: userId } },
    { table: sessions, key: { id: sessionId } },
  ]);
  const [user] = rows.get(users) ?? [];
  return {
    user: user === undefined ? undefined : userRow.parse(user),
    session: sessionRow.safeParse(rows.get(sessions)?.[0]).data,
  };
}

/**
 * Returns the conditions that a session of `user` is active. A password change invalidates sessions before
 * their rows are deleted, so both rows are checked.
 */
export function signInIsActive(
  database: Pick<Database<'users' | 'sessions'>, 'names'>,
  user: User,
  session: ActiveSession,
): TransactItem[] {
  return [sessionIsActive(database, session), hasSamePassword(database, user)];
}

/** Reads a chat room and a stage together, consistently. One request. */
export async function getRoomAndStage(
  database: Database<'chatRooms' | 'stages'>,
  chatRoomId: string,
  stageId: string,
): Promise<{ chatRoom: ChatRoom | undefined; stage: Stage | undefined }> {
  const { chatRooms, stages } = database.names;
  const rows = await batchGet(database, [
    { table: chatRooms, key: { id: chatRoomId } },
    { table: stages, key: { id: stageId } },
  ]);
  const [chatRoom] = rows.get(chatRooms) ?? [];
  const [stage] = rows.get(stages) ?? [];
  return {
    chatRoom: chatRoom === undefined ? undefined : chatRoomRow.parse(chatRoom),
    stage: stage === undefined ? undefined : stageRow.parse(stage),
  };
}
