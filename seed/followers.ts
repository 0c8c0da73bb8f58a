import type { Follow } from '../model/follow.ts';
import { addMs } from '../model/time.ts';
import { identityOf } from './identity.ts';
import type { Random } from './random.ts';
import type { SeedPlan } from './seedPlan.ts';

const MAX_RANDOM_FOLLOWERS = 5;
/** Accounts are older than this, so both sides of a follow are there when it is made. */
const FOLLOWING_SINCE_DAYS = 30;

/**
 * The rows of those who follow channel `index`: the owners of the channels that come after it, round about.
 * There are at most as many as there are other channels.
 */
export function followsOf(plan: SeedPlan, index: number, random: Random): Follow[] {
  const others = plan.count - 1;
  const drawn = Math.min(random.number.int(MAX_RANDOM_FOLLOWERS), others);
  const { channelId } = identityOf(plan, index);
  return Array.from({ length: plan.channels[index]?.followerCount ?? drawn }, (_, nth) => {
    const follower = identityOf(plan, (index + 1 + (nth % others)) % plan.count);
    const followedAt = addMs(
      plan.now,
      -random.number.int({ min: 1, max: FOLLOWING_SINCE_DAYS * 86_400 }) * 1000,
    );
    return { userId: follower.userId, channelId, followedAt, createdAt: followedAt, updatedAt: followedAt };
  });
}
