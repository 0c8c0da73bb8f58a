import { type FollowDependencies, follow, unfollow } from '../../../domain/follows.ts';
import { budgetOf } from '../../../ivs/budget.ts';
import { callerOf } from '../http/auth.ts';
import type { HandlerOf } from '../http/operation.ts';
import type { followChannelOperation, unfollowChannelOperation } from './answers.ts';

// How long a follow request waits for IVS to change the channel's type. After that the schedule changes it.
const TYPE_BUDGET_MS = 1_000;

export function followChannel(dependencies: FollowDependencies): HandlerOf<typeof followChannelOperation> {
  return async c => {
    const { username } = c.req.valid('param');
    await follow(dependencies, callerOf(c), username, budgetOf(TYPE_BUDGET_MS));
    return c.body(null, 204);
  };
}

export function unfollowChannel(
  dependencies: Pick<FollowDependencies, 'database' | 'clock'>,
): HandlerOf<typeof unfollowChannelOperation> {
  return async c => {
    const { username } = c.req.valid('param');
    await unfollow(dependencies, callerOf(c), username);
    return c.body(null, 204);
  };
}
