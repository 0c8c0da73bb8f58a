import type { Budget } from '../ivs/budget.ts';
import { IvsBusyError, IvsInUseError, IvsNotFoundError } from '../ivs/errors.ts';
import type { UserResources } from '../ivs/ports.ts';
import { type Channel, withPendingMark } from '../model/channel.ts';
import { PARTNER_FOLLOWER_AGE_VARIABLE, PARTNER_FOLLOWERS_VARIABLE } from '../model/functionEnvironment.ts';
import { MOCK_ID_PREFIX } from '../model/row.ts';
import { addMs, type Timestamp, toTimestamp } from '../model/time.ts';
import { requiredVariable } from '../model/variables.ts';
import { getChannel, writeChannel } from '../store/channels.ts';
import { retryOnConflict } from '../store/conflicts.ts';
import type { Database } from '../store/database.ts';
import { followedSince } from '../store/follows.ts';

// Rule: a channel is a partner if and only if at least `followers` users have followed it for at least
// `followerAgeDays`. A partner's channel costs more at IVS, so followers who stay for an hour or delete their
// accounts must not cause the status. A change that can affect the status marks the channel's row in the same
// transaction, and the schedule decides. It runs every few minutes, so the IVS channel type does not change
// with every follow and unfollow.

/** The requirements for a partner: the number of followers, and how many days each must have followed. */
export interface PartnerRule {
  readonly followers: number;
  readonly followerAgeDays: number;
}

/**
 * Reads the stage's rule from the environment.
 *
 * @throws Error that names a missing or invalid variable
 */
export function partnerRuleFrom(environment: Readonly<Record<string, string | undefined>>): PartnerRule {
  const number = (variable: string, least: number) => {
    const value = requiredVariable(environment, variable);
    if (!/^\d{1,9}$/.test(value) || Number(value) < least)
      throw new Error(`the environment variable ${variable} is '${value}', not a whole number from ${least}`);
    return Number(value);
  };
  return {
    followers: number(PARTNER_FOLLOWERS_VARIABLE, 1),
    followerAgeDays: number(PARTNER_FOLLOWER_AGE_VARIABLE, 0),
  };
}

export interface PartnerDependencies {
  readonly database: Database<'channels' | 'follows'>;
  readonly partner: PartnerRule;
  readonly clock: () => Date;
}

const DAY_MS = 24 * 3600_000;

/** How long to wait after a change of followers until the index of follow times is up to date. */
export const REVIEW_DELAY_MS = 60_000;

/**
 * Decides the partner status of a channel whose review is due. One database request; two or three when a
 * review is due.
 *
 * @returns `later` when another review is necessary
 */
export function reviewPartner(
  { database, partner, clock }: PartnerDependencies,
  channelId: string,
): Promise<'done' | 'later'> {
  return retryOnConflict(async () => {
    const channel = await getChannel(database, channelId);
    const now = toTimestamp(clock());
    if (channel?.partnerReviewAt === undefined) return 'done';
    if (channel.partnerReviewAt > now) return 'later';
    const { isPartner, reviewAt } = await judge(database, partner, channel, now);
    const after = withPendingMark({
      ...withStatus(channel, isPartner, now),
      partnerReviewAt: reviewAt,
      updatedAt: now,
    });
    // A follower who arrives now finds the mark and does not set it again, although the channel may now have
    // enough followers.
    const followersBelow = isPartner || reviewAt !== undefined ? undefined : partner.followers;
    if (!(await writeChannel(database, channel, after, followersBelow))) return 'conflict';
    return reviewAt === undefined ? 'done' : 'later';
  });
}

interface Judgement {
  readonly isPartner: boolean;
  /** When the status can change. Undefined: not before a user follows or unfollows. */
  readonly reviewAt: Timestamp | undefined;
}

async function judge(
  database: Database<'follows'>,
  { followers, followerAgeDays }: PartnerRule,
  { id, followerCount, isPartner }: Channel,
  now: Timestamp,
): Promise<Judgement> {
  // Mock data defines its own partners.
  if (isPartner && id.startsWith(MOCK_ID_PREFIX)) return { isPartner, reviewAt: undefined };
  const enough = followerCount >= followers;
  if (followerAgeDays === 0 || !enough) return { isPartner: enough, reviewAt: undefined };
  const since = await followedSince(database, id, followers);
  // The index does not list all followers yet.
  if (since === undefined) return { isPartner, reviewAt: addMs(now, REVIEW_DELAY_MS) };
  const due = addMs(since, followerAgeDays * DAY_MS);
  return due <= now ? { isPartner: true, reviewAt: undefined } : { isPartner: false, reviewAt: due };
}

function withStatus(channel: Channel, isPartner: boolean, now: Timestamp): Channel {
  if (channel.isPartner === isPartner) return channel;
  // Mock channels do not exist at IVS.
  const pendingType = channel.id.startsWith(MOCK_ID_PREFIX) ? undefined : typeOf(isPartner);
  return { ...channel, isPartner, partnerSince: isPartner ? now : undefined, pendingType };
}

/** Returns the IVS type of a channel with this status. */
const typeOf = (isPartner: boolean) => (isPartner ? 'ADVANCED_HD' : 'STANDARD');

export interface TypeDependencies {
  readonly database: Database<'channels'>;
  readonly resources: Pick<UserResources, 'updateChannelType'>;
  readonly clock: () => Date;
}

/**
 * Sets a channel's pending type at IVS. A repetition changes nothing.
 *
 * @returns `later` when the type cannot change yet: a session is open, during which IVS rejects the change,
 * or IVS is busy
 */
export async function changeType(
  { database, resources, clock }: TypeDependencies,
  channelId: string,
  budget: Budget,
): Promise<'done' | 'later'> {
  const channel = await getChannel(database, channelId);
  const type = channel?.pendingType;
  if (channel === undefined || type === undefined) return 'done';
  if (channel.openStreamId !== undefined) return 'later';
  try {
    await resources.updateChannelType(channel.arn, type, budget);
  } catch (error) {
    if (error instanceof IvsInUseError || error instanceof IvsBusyError) return 'later';
    // The user is being deleted, and the row will be deleted too.
    if (error instanceof IvsNotFoundError) return 'later';
    throw error;
  }
  return retryOnConflict(async () => {
    const read = await getChannel(database, channelId);
    if (read === undefined) return 'done';
    const wanted = typeOf(read.isPartner);
    // The status may have changed during the call, and another call may have finished before this one, so the
    // type is set again.
    const pendingType = wanted === type ? undefined : wanted;
    if (pendingType === undefined && read.pendingType === undefined && read.type === type) return 'done';
    const changed = withPendingMark({ ...read, type, pendingType, updatedAt: toTimestamp(clock()) });
    if (!(await writeChannel(database, read, changed))) return 'conflict';
    return pendingType === undefined ? 'done' : 'later';
  });
}
