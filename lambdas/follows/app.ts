import type { CursorCodec } from '../../domain/cursors.ts';
import type { FollowDependencies } from '../../domain/follows.ts';
import { resourceApp } from '../http/app.ts';
import type { HttpApp } from '../http/context.ts';
import type { Guards } from '../http/guards.ts';
import type { Logger } from '../http/logger.ts';
import { followChannel, unfollowChannel } from './follow.ts';
import { listFollowing } from './listFollowing.ts';
import { followChannelRoute, listFollowingRoute, unfollowChannelRoute } from './routes.ts';

export interface FollowsDependencies extends Omit<FollowDependencies, 'onRaiseFailed'> {
  readonly cursors: CursorCodec;
  /** Where recordings are served; no slash at the end. */
  readonly recordingsUrl: string;
  readonly logger: Logger;
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
  const onRaiseFailed = (channelId: string, error: unknown) =>
    logger.warn("a new partner's channel is still to be raised", { channelId, error });
  const app = resourceApp(guards);
  app.openapi(followChannelRoute, followChannel({ ...dependencies, onRaiseFailed }));
  app.openapi(unfollowChannelRoute, unfollowChannel(database));
  app.openapi(listFollowingRoute, listFollowing(database, cursors, recordingsUrl));
  return app;
}
