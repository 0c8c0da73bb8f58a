import { type FollowDependencies, follow, unfollow } from '../../domain/follows.ts';
import { budgetOf } from '../../ivs/budget.ts';
import type { Database } from '../../store/database.ts';
import { callerOf } from '../http/auth.ts';
import type { HandlerOf } from '../http/route.ts';
import type { followChannelRoute, unfollowChannelRoute } from './routes.ts';

// What a follower waits for another's channel to be raised. The schedule does it else.
const RAISE_BUDGET_MS = 1_000;

export function followChannel(dependencies: FollowDependencies): HandlerOf<typeof followChannelRoute> {
  return async c => {
    const { username } = c.req.valid('param');
    await follow(dependencies, callerOf(c), username, budgetOf(RAISE_BUDGET_MS));
    return c.body(null, 204);
  };
}

export function unfollowChannel(
  database: Database<'follows' | 'channels'>,
): HandlerOf<typeof unfollowChannelRoute> {
  return async c => {
    const { username } = c.req.valid('param');
    await unfollow(database, callerOf(c), username);
    return c.body(null, 204);
  };
}
