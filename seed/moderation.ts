import { type AuditEntry, auditKey } from '../model/auditEntry.ts';
import type { Ban } from '../model/ban.ts';
import type { Moderator } from '../model/moderator.ts';
import { addMs } from '../model/time.ts';
import { type Identity, identityOf } from './identity.ts';
import type { Random } from './random.ts';
import type { SeedPlan } from './seedPlan.ts';
import { banReasons, unwantedTerms } from './words.ts';

const HOUR_S = 3_600;

/** The shares of channels with bans, of bans without an end, and of rooms with blocked terms. */
const BANNING_SHARE = 0.4;
const PERMANENT_SHARE = 0.5;
const BLOCKING_SHARE = 0.4;

/**
 * Returns the bans of channel `index`: none, or bans of the owners of the next one or two channels. A
 * temporary ban ends 1 to 10 days after seeding.
 */
export function bansOf(plan: SeedPlan, index: number, random: Random): Ban[] {
  const { channelId, userId: by } = identityOf(plan, index);
  const others = plan.count - 1;
  const wanted = random.datatype.boolean(BANNING_SHARE) ? random.number.int({ min: 1, max: 2 }) : 0;
  return Array.from({ length: Math.min(wanted, others) }, (_, nth) => {
    const { userId, username } = identityOf(plan, (index + 1 + nth) % plan.count);
    const bannedAt = addMs(plan.now, -random.number.int({ min: 60, max: 240 * HOUR_S }) * 1000);
    const until = addMs(plan.now, random.number.int({ min: 24, max: 240 }) * HOUR_S * 1000);
    return {
      channelId,
      userId,
      username,
      bannedAt,
      by,
      reason: random.helpers.arrayElement(banReasons),
      ...(random.datatype.boolean(PERMANENT_SHARE)
        ? {}
        : { until, expiresAt: Math.floor(Date.parse(until) / 1000) }),
      createdAt: bannedAt,
      updatedAt: bannedAt,
    };
  });
}

/** Returns the blocked terms of a room, or undefined when the room has none. */
export function blockedTermsOf(random: Random): string[] | undefined {
  const terms = random.helpers.arrayElements(unwantedTerms, { min: 1, max: 3 });
  return random.datatype.boolean(BLOCKING_SHARE) ? terms : undefined;
}

/** The share of channels with moderators. */
const MODERATED_SHARE = 0.3;

/** Returns the moderators of channel `index`: none, or up to two owners of other channels whom it does not ban. */
export function moderatorsOf(
  plan: SeedPlan,
  index: number,
  bans: readonly Ban[],
  random: Random,
): Moderator[] {
  const { channelId } = identityOf(plan, index);
  if (!random.datatype.boolean(MODERATED_SHARE)) return [];
  const others = Array.from({ length: Math.min(plan.count - 1, 4) }, (_, nth) =>
    identityOf(plan, (index + 1 + nth) % plan.count),
  );
  const free = others.filter(({ userId }) => bans.every(ban => ban.userId !== userId));
  return free.slice(-2).map(({ userId }) => {
    const at = addMs(plan.now, -random.number.int({ min: 11 * 24, max: 30 * 24 }) * HOUR_S * 1000);
    return { channelId, userId, createdAt: at, updatedAt: at };
  });
}

/** Returns the audit of a channel: its appointments and bans, and a deleted message for each ban. */
export function auditOf(
  { userId: owner, channelId }: Pick<Identity, 'userId' | 'channelId'>,
  moderators: readonly Moderator[],
  bans: readonly Ban[],
  random: Random,
): AuditEntry[] {
  const entry = (at: string, act: Pick<AuditEntry, 'action' | 'by'> & Partial<AuditEntry>): AuditEntry => ({
    channelId,
    id: auditKey(at, random.string.alphanumeric(22)),
    at,
    ...act,
    createdAt: at,
    updatedAt: at,
  });
  return [
    ...moderators.map(({ userId, createdAt }) => entry(createdAt, { action: 'appoint', by: owner, userId })),
    ...bans.flatMap(({ userId, by, bannedAt, reason, until }) => [
      entry(addMs(bannedAt, -20_000), {
        action: 'delete-message',
        by,
        userId,
        messageId: random.string.alphanumeric(12),
      }),
      entry(bannedAt, {
        action: 'ban',
        by,
        userId,
        ...(reason === undefined ? {} : { reason }),
        ...(until === undefined ? {} : { until }),
      }),
    ]),
  ];
}
