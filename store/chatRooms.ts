import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type ChatRoom, chatRoomRow } from '../model/chatRoom.ts';
import type { Timestamp } from '../model/time.ts';
import type { Database } from './database.ts';

type ChatRoomsDatabase = Database<'chatRooms'>;

/** Reads a chat room consistently. One request. */
export async function getChatRoom(
  { client, names }: ChatRoomsDatabase,
  id: string,
): Promise<ChatRoom | undefined> {
  const key = { TableName: names.chatRooms, Key: { id }, ConsistentRead: true };
  const { Item } = await client.send(new GetCommand(key));
  return Item === undefined ? undefined : chatRoomRow.parse(Item);
}

/**
 * Replaces the blocked terms of a room. One request.
 *
 * @returns false when the room does not exist; then nothing was written.
 */
export async function putBlockedTerms(
  { client, names }: ChatRoomsDatabase,
  id: string,
  terms: readonly string[],
  now: Timestamp,
): Promise<boolean> {
  try {
    await client.send(
      new UpdateCommand({
        TableName: names.chatRooms,
        Key: { id },
        UpdateExpression: 'SET blockedTerms = :terms, updatedAt = :now',
        // Without this condition, the update would create a row for a deleted room.
        ConditionExpression: 'attribute_exists(id)',
        ExpressionAttributeValues: { ':terms': terms, ':now': now },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
