import type { Follow } from '../model/follow.ts';
import { addMs } from '../model/time.ts';
import { identityOf } from './identity.ts';
import type { Random } from './random.ts';
import type { SeedPlan } from './seedPlan.ts';

const MAX_RANDOM_FOLLOWERS = 5;
/** Every account is older than this, so both accounts exist at the time of a follow. */
const FOLLOWING_SINCE_DAYS = 30;

/**
 * Returns the follow rows of channel `index`. The followers are the owners of the next channels, and after
 * the last channel those of the first ones. There are at most as many followers as other channels.
 */
export function followsOf(plan: SeedPlan, index: number, random: Random): Follow[] {
  const others = plan.count - 1;
  const generated = Math.min(random.number.int(MAX_RANDOM_FOLLOWERS), others);
  const { channelId } = identityOf(plan, index);
  return Array.from({ length: plan.channels[index]?.followerCount ?? generated }, (_, nth) => {
    const follower = identityOf(plan, (index + 1 + (nth % others)) % plan.count);
    const followedAt = addMs(
      plan.now,
      -random.number.int({ min: 1, max: FOLLOWING_SINCE_DAYS * 86_400 }) * 1000,
    );
    return { userId: follower.userId, channelId, followedAt, createdAt: followedAt, updatedAt: followedAt };
  });
}
