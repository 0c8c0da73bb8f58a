import { parseIvsArn } from '../../model/arn.ts';
import type { ChannelPageRow } from '../../model/channel.ts';
import { toTimestamp } from '../../model/time.ts';
import { getChatRoom, putBlockedTerms as writeBlockedTerms } from '../../store/chatRooms.ts';
import type { Database } from '../../store/database.ts';
import type { Caller } from '../accounts/tokens.ts';
import { NotFoundError } from '../errors.ts';
import { getModeratedChannel, roomArnOf } from './rooms.ts';

type BlockedTermsDatabase = Database<'channels' | 'chatRooms'>;

/**
 * The terms that the owner does not want to be read in the chat, as they were typed. Two database requests.
 *
 * @throws NotFoundError when there is no such channel
 * @throws ForbiddenError when it is somebody else's
 */
export async function getBlockedTerms(
  database: BlockedTermsDatabase,
  caller: Pick<Caller, 'channelId'>,
  username: string,
): Promise<readonly string[]> {
  const channel = await getModeratedChannel(database, caller, username);
  const room = await getChatRoom(database, roomIdOf(channel));
  if (room === undefined) throw new NotFoundError('chat room');
  return room.blockedTerms ?? [];
}

/**
 * Puts `terms` in place of the blocked terms there were. Of terms that differ in case alone, the first counts. Two
 * database requests.
 *
 * @returns the terms as they are kept
 * @throws NotFoundError when there is no such channel
 * @throws ForbiddenError when it is somebody else's
 */
export async function putBlockedTerms(
  { database, clock }: { readonly database: BlockedTermsDatabase; readonly clock: () => Date },
  caller: Pick<Caller, 'channelId'>,
  username: string,
  terms: readonly string[],
): Promise<readonly string[]> {
  const channel = await getModeratedChannel(database, caller, username);
  const kept = distinct(terms);
  if (!(await writeBlockedTerms(database, roomIdOf(channel), kept, toTimestamp(clock()))))
    throw new NotFoundError('chat room');
  return kept;
}

function roomIdOf(channel: Pick<ChannelPageRow, 'chatRoomArn'>): string {
  const arn = parseIvsArn(roomArnOf(channel), 'room');
  if (arn === undefined) throw new Error(`a channel has '${channel.chatRoomArn}' as its chat room`);
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
