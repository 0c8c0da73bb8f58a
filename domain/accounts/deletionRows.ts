import type { Budget } from '../../ivs/budget.ts';
import type { StageControl } from '../../ivs/ports.ts';
import type { TableName } from '../../model/tables.ts';
import { addMs, toTimestamp } from '../../model/time.ts';
import type { User } from '../../model/user.ts';
import type { Database } from '../../store/database.ts';
import { freeEmail } from '../../store/emailAddresses.ts';
import { deleteCode } from '../../store/emailCodes.ts';
import { allFollowers, allFollowing, removeFollow } from '../../store/follows.ts';
import { removeDeletedModerator } from '../../store/moderators.ts';
import { keyPages, removeKeys, removeRows } from '../../store/removeRows.ts';
import { takeRequestBack } from '../../store/stageRequests.ts';
import { getStage } from '../../store/stages.ts';
import { transact } from '../../store/transaction.ts';
import { FOLLOWERS_AT_A_TIME, removeFollowers, removeOwnedRows } from '../../store/userDeletion.ts';
import { NotFoundError } from '../errors.ts';
import { REVIEW_DELAY_MS } from '../partner.ts';
import { endInvitation } from '../stages/leaving.ts';
import { codeIdOf } from './emailCodes.ts';

/** The tables that contain rows of a user. */
export const deletionTables = [
  'users',
  'usernames',
  'channels',
  'chatRooms',
  'stages',
  'stageParticipants',
  'stageTokens',
  'stageRequests',
  'streams',
  'streamEvents',
  'metrics',
  'chatMessages',
  'follows',
  'bans',
  'emailAddresses',
  'emailCodes',
  'moderators',
  'audit',
  'sessions',
] as const satisfies readonly TableName[];
export type DeletionDatabase = Database<(typeof deletionTables)[number]>;

/** The time budget is used up and work remains. */
export class OutOfTimeError extends Error {
  override readonly name = 'OutOfTimeError';
}

/** @throws OutOfTimeError when no time is left */
function needTime(budget: Budget): void {
  if (budget.left() <= 0) throw new OutOfTimeError('there is no time left');
}

/** Ends all sign-ins of a user. */
export async function removeSessions(database: DeletionDatabase, userId: string, budget: Budget) {
  await drain(
    removeRows(database, 'sessions', { attribute: 'userId', value: userId, index: 'userIdIndex' }),
    budget,
  );
}

/** Gives up the user's e-mail address, and deletes the code for a new one. */
export async function removeEmailRows(
  database: DeletionDatabase,
  { id: userId, email }: User,
): Promise<void> {
  if (email !== undefined) await transact(database, [freeEmail(database, { email, userId })]);
  await deleteCode(database, codeIdOf(userId));
}

/** Deletes the user's follows and subtracts them from the channels' follower counts. */
export async function removeFollowing(
  database: DeletionDatabase,
  clock: () => Date,
  userId: string,
  budget: Budget,
) {
  for await (const { channelId } of allFollowing(database, userId)) {
    needTime(budget);
    const now = toTimestamp(clock());
    await removeFollow(database, userId, channelId, addMs(now, REVIEW_DELAY_MS), now);
  }
}

// An index lags by less than a second, so waiting for its missing rows is worthwhile.
const INDEX_LAG_MS = 300;

/** Deletes the followers of the channel, and then the rows of the channel, the chat room and the stage. */
export async function removeOwned(database: DeletionDatabase, user: User, budget: Budget): Promise<void> {
  const { channelId } = user;
  if (channelId === undefined) return;
  for (;;) {
    let userIds: string[] = [];
    for await (const follow of allFollowers(database, channelId)) {
      userIds.push(follow.userId);
      if (userIds.length < FOLLOWERS_AT_A_TIME) continue;
      needTime(budget);
      await removeFollowers(database, channelId, userIds);
      userIds = [];
    }
    await removeFollowers(database, channelId, userIds);
    if (await removeOwnedRows(database, user)) return;
    needTime(budget);
    await budget.wait(INDEX_LAG_MS);
  }
}

/** Deletes the streams of the channel, each after its events and metrics, and the bans, moderators and audit of the channel. */
export async function removeHistory(database: DeletionDatabase, channelId: string, budget: Budget) {
  const inChannel = { attribute: 'channelId', value: channelId };
  for await (const keys of keyPages(database, 'streams', inChannel)) {
    for (const key of keys) {
      const inStream = { attribute: 'streamId', value: String(key['id']) };
      for (const table of ['streamEvents', 'metrics'] as const)
        await drain(removeRows(database, table, inStream), budget);
      await removeKeys(database, 'streams', [key]);
    }
  }
  await drain(removeRows(database, 'bans', inChannel), budget);
  await drain(removeRows(database, 'moderators', inChannel), budget);
  await drain(removeRows(database, 'audit', inChannel), budget);
}

/** Ends the appointments of the user as moderator of other channels. */
export async function removeAppointments(database: DeletionDatabase, userId: string, budget: Budget) {
  const ofUser = { attribute: 'userId', value: userId, index: 'userIdIndex' };
  for await (const keys of keyPages(database, 'moderators', ofUser)) {
    for (const { channelId } of keys) {
      needTime(budget);
      await removeDeletedModerator(database, String(channelId), userId);
    }
  }
}

/**
 * Deletes all messages of the chat room. The room's row is already deleted, and nothing is archived without
 * it, so a late log line leaves no row.
 */
export async function removeChat(database: DeletionDatabase, chatRoomId: string, budget: Budget) {
  await drain(removeRows(database, 'chatMessages', { attribute: 'chatRoomId', value: chatRoomId }), budget);
}

interface LeavingDependencies {
  readonly database: DeletionDatabase;
  readonly stages: Pick<StageControl, 'disconnect'>;
  readonly clock: () => Date;
}

/**
 * Deletes the rows of the user's stage. Disconnects the user from the stages of others and deletes the user's
 * invitations, tokens and requests there.
 */
export async function removeStageRows(dependencies: LeavingDependencies, user: User, budget: Budget) {
  const { database, clock } = dependencies;
  if (user.stageId !== undefined) {
    const ofStage = { attribute: 'stageId', value: user.stageId };
    await drain(removeRows(database, 'stageParticipants', ofStage), budget);
    await drain(removeRows(database, 'stageTokens', ofStage), budget);
    await drain(removeRows(database, 'stageRequests', ofStage), budget);
  }
  const ofUser = { attribute: 'userId', value: user.id, index: 'userIdIndex' };
  for await (const keys of keyPages(database, 'stageTokens', ofUser)) {
    for (const { stageId, participantId } of keys) {
      needTime(budget);
      await leaveStage(dependencies, String(stageId), String(participantId), budget);
    }
  }
  // Tokens of deleted stages.
  await drain(removeRows(database, 'stageTokens', ofUser), budget);
  for await (const keys of keyPages(database, 'stageRequests', ofUser)) {
    for (const { stageId } of keys) {
      needTime(budget);
      await takeRequestBack(database, String(stageId), user.id, clock);
    }
  }
  // Requests that are no longer open.
  await drain(removeRows(database, 'stageRequests', ofUser), budget);
}

/**
 * Disconnects at IVS first: only the token's row records the participant, and an interrupted deletion needs
 * this row.
 */
async function leaveStage(
  { database, stages, clock }: LeavingDependencies,
  stageId: string,
  participantId: string,
  budget: Budget,
): Promise<void> {
  const stage = await getStage(database, stageId);
  if (stage === undefined) return;
  await stages.disconnect(stage.arn, participantId, 'the account was deleted', budget);
  try {
    await endInvitation({ database, clock }, stageId, participantId);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
}

async function drain(pages: AsyncGenerator<unknown>, budget: Budget): Promise<void> {
  needTime(budget);
  for await (const _ of pages) needTime(budget);
}
