import type { Ban } from '../model/ban.ts';
import { addMs } from '../model/time.ts';
import { identityOf } from './identity.ts';
import type { Random } from './random.ts';
import type { SeedPlan } from './seedPlan.ts';
import { banReasons, unwantedTerms } from './words.ts';

const HOUR_S = 3_600;

/** How often a channel has banned somebody, how often for good, and how often it has blocked terms. */
const BANNING_SHARE = 0.4;
const FOR_GOOD_SHARE = 0.5;
const BLOCKING_SHARE = 0.4;

/**
 * Whom the owner of channel `index` has banned: one or two owners of the channels that come after it, or nobody. A ban
 * that ends does so in the next days.
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
      ...(random.datatype.boolean(FOR_GOOD_SHARE)
        ? {}
        : { until, expiresAt: Math.floor(Date.parse(until) / 1000) }),
      createdAt: bannedAt,
      updatedAt: bannedAt,
    };
  });
}

/** The terms that a room's owner does not want to be read there; none in most rooms. */
export function blockedTermsOf(random: Random): string[] | undefined {
  const terms = random.helpers.arrayElements(unwantedTerms, { min: 1, max: 3 });
  return random.datatype.boolean(BLOCKING_SHARE) ? terms : undefined;
}
