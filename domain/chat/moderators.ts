import type { Budget } from '../../ivs/budget.ts';
import { doneWhenGone } from '../../ivs/errors.ts';
import type { ChatControl } from '../../ivs/ports.ts';
import type { AuditEntry } from '../../model/auditEntry.ts';
import type { FollowedChannelRow } from '../../model/channel.ts';
import { MAX_MODERATORS, type Moderator } from '../../model/moderator.ts';
import { type Timestamp, toTimestamp } from '../../model/time.ts';
import { listAudit } from '../../store/audit.ts';
import { getPages } from '../../store/channels.ts';
import type { Database } from '../../store/database.ts';
import {
  allModerators,
  getModerator,
  putModerator,
  listModerated as readModerated,
  removeModerator,
} from '../../store/moderators.ts';
import type { Page, PageRequest } from '../../store/pages.ts';
import type { Caller } from '../accounts/tokens.ts';
import { getChannelByUsername } from '../channelPage.ts';
import type { CursorCodec } from '../cursors.ts';
import { ConflictError, ForbiddenError, NotFoundError } from '../errors.ts';
import { withRoomErrors } from '../ivsAnswers.ts';
import { type List, type ListRequest, readList } from '../lists.ts';
import { type Person, peopleWithIds, userNamed } from './people.ts';
import { getModeratedChannel, getOwnedChannel, refused } from './rooms.ts';

export interface ModeratorDependencies {
  readonly database: Database<'channels' | 'usernames' | 'users' | 'bans' | 'moderators' | 'audit'>;
  readonly chat: Pick<ChatControl, 'disconnectUser'>;
  readonly clock: () => Date;
  /** Creates a unique id for an entry of the audit. */
  readonly newId: () => string;
}

type Someone = Pick<Caller, 'userId' | 'channelId'>;

/** The owner of the channel, and the moderator, by name or user id. */
export interface ModeratorPath {
  readonly username: string;
  readonly moderatorUsername: string;
}

/** A moderator in a list. */
export interface ListedModerator {
  readonly person: Person;
  readonly appointedAt: Timestamp;
}

/**
 * Makes a user a moderator of the caller's channel. A repetition changes nothing. Five database requests; one more with
 * an id or for a repetition.
 *
 * @throws NotFoundError when the channel or the user does not exist
 * @throws ForbiddenError when the caller does not own the channel
 * @throws ConflictError when the user is the caller or is banned, when the channel has too many moderators, or when the
 * caller's account is being deleted
 */
export async function appointModerator(
  { database, clock, newId }: Omit<ModeratorDependencies, 'chat'>,
  caller: Someone,
  { username, moderatorUsername }: ModeratorPath,
): Promise<ListedModerator> {
  const channel = await getOwnedChannel(database, caller, username);
  const { userId } = await userNamed(database, moderatorUsername);
  if (userId === channel.userId)
    throw new ConflictError('self', 'the owner of a channel can moderate it without an appointment');
  const owner = { channelId: channel.id, ownerId: channel.userId };
  const appointed = await putModerator(database, owner, userId, newId(), toTimestamp(clock()));
  switch (appointed) {
    case 'ownerGone':
      throw refused('ownerGone');
    case 'noUser':
      throw new NotFoundError('user');
    case 'banned':
      throw new ConflictError('user-banned', 'the user is banned from your channel: lift the ban first');
    case 'full':
      throw new ConflictError(
        'moderators-full',
        `your channel has ${MAX_MODERATORS} moderators: dismiss one first`,
        { parameters: { limit: MAX_MODERATORS } },
      );
  }
  const row = appointed === 'already' ? await getModerator(database, channel.id, userId) : appointed;
  // Dismissed in the meantime: the request had been carried out before.
  const appointedAt = row?.createdAt ?? toTimestamp(clock());
  const personOf = await peopleWithIds(database, [userId]);
  return { person: personOf(userId), appointedAt };
}

// Every member of the room sees this text.
const REASON = 'no longer a moderator of the channel';

/**
 * Ends the appointment of a moderator: by the owner, or by the moderator. It takes effect at once on all routes. The
 * user is disconnected from the chat, because the token of their connection may delete messages and disconnect users; it
 * cannot connect again. Without an appointment, only the connection ends, so a repetition completes a request that failed
 * at IVS. Four database requests; one more with an id.
 *
 * @throws NotFoundError when the channel does not exist, or no user has the name
 * @throws ForbiddenError when the caller is neither the owner nor the moderator
 * @throws ConflictError when the owner's account is being deleted
 * @throws BusyError when IVS is busy: the appointment has ended
 */
export async function dismissModerator(
  { database, chat, clock, newId }: ModeratorDependencies,
  caller: Someone,
  { username, moderatorUsername }: ModeratorPath,
  budget: Budget,
): Promise<void> {
  const channel = await getChannelByUsername(database, username);
  const { userId } = await userNamed(database, moderatorUsername);
  if (channel.id !== caller.channelId && userId !== caller.userId)
    throw new ForbiddenError('not-owner', 'only the owner of a channel may dismiss its moderators');
  const actor = { channelId: channel.id, ownerId: channel.userId, by: caller.userId };
  const result = await removeModerator(database, actor, userId, newId(), toTimestamp(clock()));
  if (result === 'notModerator' || result === 'ownerGone') throw refused(result);
  if (channel.chatRoomArn === undefined || userId === channel.userId) return;
  await withRoomErrors(doneWhenGone(chat.disconnectUser(channel.chatRoomArn, userId, REASON, budget)));
}

/**
 * Lists the moderators of a channel that the caller owns or moderates, latest appointment first. Three database requests
 * per page; four for a moderator.
 *
 * @throws NotFoundError when the channel does not exist
 * @throws ForbiddenError when the caller neither owns nor moderates the channel
 * @throws InvalidCursorError when the cursor does not belong to this list
 */
export async function listModerators(
  database: Database<'channels' | 'users' | 'moderators'>,
  cursors: CursorCodec,
  caller: Someone,
  username: string,
  request: ListRequest,
): Promise<List<ListedModerator>> {
  const { channel } = await getModeratedChannel(database, caller, username);
  const { items, nextCursor } = await readList(cursors, ['listModerators', channel.id], request, async page =>
    pageOf(await allModerators(database, channel.id), page),
  );
  const personOf = await peopleWithIds(
    database,
    items.map(({ userId }) => userId),
  );
  const listed = items.map(({ userId, createdAt }) => ({
    person: personOf(userId),
    appointedAt: createdAt,
  }));
  return { items: listed, nextCursor };
}

/** Returns the moderators after the one with the key `after`, who may have been dismissed in the meantime. */
function pageOf(moderators: readonly Moderator[], { limit, after }: PageRequest): Page<Moderator> {
  const place = ({ createdAt, userId }: Moderator) => `${createdAt} ${userId}`;
  const last = after === undefined ? undefined : `${after['createdAt']} ${after['userId']}`;
  const rest = moderators
    .filter(moderator => last === undefined || place(moderator) < last)
    .toSorted((a, b) => (place(a) > place(b) ? -1 : 1));
  const items = rest.slice(0, limit);
  const end = items.at(-1);
  if (end === undefined || rest.length === items.length) return { items };
  return { items, next: { createdAt: end.createdAt, userId: end.userId } };
}

/** An act of moderation, with the people as they are shown now. */
export interface ListedAct {
  readonly entry: AuditEntry;
  readonly by: Person;
  readonly user: Person | undefined;
}

/**
 * Lists the acts of moderation in a channel that the caller owns or moderates, newest first. Three database requests per
 * page; one more for a moderator, and one more when more than 100 different people are on a page.
 *
 * @throws NotFoundError when the channel does not exist
 * @throws ForbiddenError when the caller neither owns nor moderates the channel
 * @throws InvalidCursorError when the cursor does not belong to this list
 */
export async function listModerationLog(
  database: Database<'channels' | 'users' | 'moderators' | 'audit'>,
  cursors: CursorCodec,
  caller: Someone,
  username: string,
  request: ListRequest,
): Promise<List<ListedAct>> {
  const { channel } = await getModeratedChannel(database, caller, username);
  const { items, nextCursor } = await readList(cursors, ['listModerationLog', channel.id], request, page =>
    listAudit(database, channel.id, page),
  );
  const personOf = await peopleWithIds(
    database,
    items.flatMap(({ by, userId = by }) => [by, userId]),
  );
  const acts = items.map(entry => ({
    entry,
    by: personOf(entry.by),
    user: entry.userId === undefined ? undefined : personOf(entry.userId),
  }));
  return { items: acts, nextCursor };
}

/** A channel that a user moderates. */
export interface ModeratedChannelItem {
  readonly channel: FollowedChannelRow;
  readonly appointedAt: Timestamp;
}

/**
 * Lists the channels that the caller moderates, latest appointment first. Two database requests per page. A channel that
 * is deleted between the requests is left out.
 *
 * @throws InvalidCursorError when the cursor does not belong to this list
 */
export async function listModerated(
  database: Database<'channels' | 'moderators'>,
  cursors: CursorCodec,
  { userId }: Pick<Caller, 'userId'>,
  request: ListRequest,
): Promise<List<ModeratedChannelItem>> {
  const { items, nextCursor } = await readList(cursors, ['listModerated', userId], request, page =>
    readModerated(database, userId, page),
  );
  const channels = await getPages(
    database,
    items.map(({ channelId }) => channelId),
  );
  const moderated = items.flatMap(({ channelId, createdAt }) => {
    const channel = channels.get(channelId);
    return channel === undefined ? [] : [{ channel, appointedAt: createdAt }];
  });
  return { items: moderated, nextCursor };
}
