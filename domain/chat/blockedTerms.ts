import { parseIvsArn } from '../../model/arn.ts';
import type { ChannelPageRow } from '../../model/channel.ts';
import { toTimestamp } from '../../model/time.ts';
import { getChatRoom, putBlockedTerms as writeBlockedTerms } from '../../store/chatRooms.ts';
import type { Database } from '../../store/database.ts';
import type { Caller } from '../accounts/tokens.ts';
import { NotFoundError } from '../errors.ts';
import { getOwnedChannel, roomArnOf } from './rooms.ts';

type BlockedTermsDatabase = Database<'channels' | 'chatRooms'>;

/**
 * Reads the blocked terms of a chat, as the owner typed them. Two database requests.
 *
 * @throws NotFoundError when the channel does not exist
 * @throws ForbiddenError when the caller does not own the channel
 */
export async function getBlockedTerms(
  database: BlockedTermsDatabase,
  caller: Pick<Caller, 'channelId'>,
  username: string,
): Promise<readonly string[]> {
  const channel = await getOwnedChannel(database, caller, username);
  const room = await getChatRoom(database, roomIdOf(channel));
  if (room === undefined) throw new NotFoundError('chat room');
  return room.blockedTerms ?? [];
}

/**
 * Replaces the blocked terms. Of terms that differ only in case, the first is stored. Two database requests.
 *
 * @returns the stored terms
 * @throws NotFoundError when the channel does not exist
 * @throws ForbiddenError when the caller does not own the channel
 */
export async function putBlockedTerms(
  { database, clock }: { readonly database: BlockedTermsDatabase; readonly clock: () => Date },
  caller: Pick<Caller, 'channelId'>,
  username: string,
  terms: readonly string[],
): Promise<readonly string[]> {
  const channel = await getOwnedChannel(database, caller, username);
  const stored = distinct(terms);
  if (!(await writeBlockedTerms(database, roomIdOf(channel), stored, toTimestamp(clock()))))
    throw new NotFoundError('chat room');
  return stored;
}

function roomIdOf(channel: Pick<ChannelPageRow, 'chatRoomArn'>): string {
  const arn = parseIvsArn(roomArnOf(channel), 'room');
  if (arn === undefined) throw new Error(`the chat room '${channel.chatRoomArn}' of a channel is not an ARN`);
  return arn.id;
}

function distinct(terms: readonly string[]): readonly string[] {
  const firstOf = new Map<string, string>();
  for (const term of terms) {
    const key = term.toLowerCase();
    if (!firstOf.has(key)) firstOf.set(key, term);
  }
  return [...firstOf.values()];
}
