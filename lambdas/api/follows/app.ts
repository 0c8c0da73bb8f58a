import type { CursorCodec } from '../../../domain/cursors.ts';
import type { FollowDependencies } from '../../../domain/follows.ts';
import type { Log } from '../../../model/log.ts';
import { resourceApp } from '../http/app.ts';
import type { HttpApp } from '../http/context.ts';
import type { Guards } from '../http/guards.ts';
import type {
  followChannelOperation,
  listFollowersOperation,
  listFollowingOperation,
  unfollowChannelOperation,
} from './answers.ts';
import { followChannel, unfollowChannel } from './follow.ts';
import { listFollowers } from './listFollowers.ts';
import { listFollowing } from './listFollowing.ts';
import {
  followChannelRoute,
  listFollowersRoute,
  listFollowingRoute,
  unfollowChannelRoute,
} from './routes.ts';

export interface FollowsDependencies extends Omit<FollowDependencies, 'onReviewFailed'> {
  readonly cursors: CursorCodec;
  /** The base URL of recordings, without a slash at the end. */
  readonly recordingsUrl: string;
  readonly logger: Log;
  readonly guards: Guards;
}

export function followsApp({
  guards,
  cursors,
  recordingsUrl,
  logger,
  ...dependencies
}: FollowsDependencies): HttpApp {
  const { database } = dependencies;
  const onReviewFailed = (channelId: string, error: unknown) =>
    logger.warn('the partner status of a channel could not be updated; the schedule will update it', {
      channelId,
      error,
    });
  const app = resourceApp(guards);
  app.handle<typeof followChannelOperation>(
    followChannelRoute,
    followChannel({ ...dependencies, onReviewFailed }),
  );
  app.handle<typeof unfollowChannelOperation>(unfollowChannelRoute, unfollowChannel(dependencies));
  app.handle<typeof listFollowersOperation>(
    listFollowersRoute,
    listFollowers(database, cursors, recordingsUrl),
  );
  app.handle<typeof listFollowingOperation>(
    listFollowingRoute,
    listFollowing(database, cursors, dependencies.clock, recordingsUrl),
  );
  return app;
}
