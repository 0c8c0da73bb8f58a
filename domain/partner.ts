import type { Budget } from '../ivs/budget.ts';
import { IvsBusyError, IvsInUseError, IvsNotFoundError } from '../ivs/errors.ts';
import type { UserResources } from '../ivs/ports.ts';
import { type Channel, marked } from '../model/channel.ts';
import { PARTNER_FOLLOWER_AGE_VARIABLE, PARTNER_FOLLOWERS_VARIABLE } from '../model/functionEnvironment.ts';
import { MOCK_ID_PREFIX } from '../model/row.ts';
import { addMs, type Timestamp, toTimestamp } from '../model/time.ts';
import { requiredVariable } from '../model/variables.ts';
import { getChannel, writeChannel } from '../store/channels.ts';
import { retryOnConflict } from '../store/conflicts.ts';
import type { Database } from '../store/database.ts';
import { followedSince } from '../store/follows.ts';

// The rule: a channel is a partner if and only if as many users as `PartnerRule` says have followed it for as long as
// it says. A partner's channel costs more at IVS, so followers that come for an hour, or that delete their accounts,
// must not make one. Whatever may change the answer marks the channel's row in the same transaction, and the schedule
// decides. The schedule runs every few minutes, so the IVS channel type does not change with every follow and unfollow.

/** What it takes a channel to be a partner: so many followers, each of whom has followed for so long. */
export interface PartnerRule {
  readonly followers: number;
  readonly followerAgeDays: number;
}

/**
 * The rule of the stage.
 * @throws Error that names the variable, when one is missing or not valid.
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

/** After a change of followers, the index that shows how long each has followed needs a moment to catch up. */
export const REVIEW_DELAY_MS = 60_000;

/**
 * Decides the partner status of a channel that is marked for it and whose time has come. One database request, two or
 * three when there is something to decide. `later`: it has to be decided at another time.
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
    const after = marked({
      ...withStatus(channel, isPartner, now),
      partnerReviewAt: reviewAt,
      updatedAt: now,
    });
    // A follower who comes now finds the mark and leaves it at that: with them, there may be enough.
    const followersBelow = isPartner || reviewAt !== undefined ? undefined : partner.followers;
    if (!(await writeChannel(database, channel, after, followersBelow))) return 'conflict';
    return reviewAt === undefined ? 'done' : 'later';
  });
}

interface Judgement {
  readonly isPartner: boolean;
  /** When the answer may be another; undefined, no sooner than somebody follows or unfollows. */
  readonly reviewAt: Timestamp | undefined;
}

async function judge(
  database: Database<'follows'>,
  { followers, followerAgeDays }: PartnerRule,
  { id, followerCount, isPartner }: Channel,
  now: Timestamp,
): Promise<Judgement> {
  // Mock data says itself who is a partner.
  if (isPartner && id.startsWith(MOCK_ID_PREFIX)) return { isPartner, reviewAt: undefined };
  const enough = followerCount >= followers;
  if (followerAgeDays === 0 || !enough) return { isPartner: enough, reviewAt: undefined };
  const since = await followedSince(database, id, followers);
  // The index does not show all of them yet.
  if (since === undefined) return { isPartner, reviewAt: addMs(now, REVIEW_DELAY_MS) };
  const due = addMs(since, followerAgeDays * DAY_MS);
  return due <= now ? { isPartner: true, reviewAt: undefined } : { isPartner: false, reviewAt: due };
}

function withStatus(channel: Channel, isPartner: boolean, now: Timestamp): Channel {
  if (channel.isPartner === isPartner) return channel;
  // IVS knows nothing of mock channels.
  const pendingType = channel.id.startsWith(MOCK_ID_PREFIX) ? undefined : typeOf(isPartner);
  return { ...channel, isPartner, partnerSince: isPartner ? now : undefined, pendingType };
}

/** The IVS type that a channel is to have. */
const typeOf = (isPartner: boolean) => (isPartner ? 'ADVANCED_HD' : 'STANDARD');

export interface TypeDependencies {
  readonly database: Database<'channels'>;
  readonly resources: Pick<UserResources, 'updateChannelType'>;
  readonly clock: () => Date;
}

/**
 * Gives a channel at IVS the type that it is to have, if it is still to be changed. `later`: it cannot be now, because a
 * session is open, which IVS lets nobody change the channel under, or because IVS is busy. It may be done twice:
 * the second time changes nothing.
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
    // Its user is being deleted, and the row goes too.
    if (error instanceof IvsNotFoundError) return 'later';
    throw error;
  }
  return retryOnConflict(async () => {
    const read = await getChannel(database, channelId);
    if (read === undefined) return 'done';
    const wanted = typeOf(read.isPartner);
    // The status changed during the call. Another call may have been overtaken by this one, so the type is set again.
    const pendingType = wanted === type ? undefined : wanted;
    if (pendingType === undefined && read.pendingType === undefined && read.type === type) return 'done';
    const changed = marked({ ...read, type, pendingType, updatedAt: toTimestamp(clock()) });
    if (!(await writeChannel(database, read, changed))) return 'conflict';
    return pendingType === undefined ? 'done' : 'later';
  });
}
