import type { CursorCodec } from '../../../domain/cursors.ts';
import { type Follower, listFollowers as readFollowers } from '../../../domain/follows.ts';
import type { Database } from '../../../store/database.ts';
import { callerOf } from '../http/auth.ts';
import { shapeCard } from '../http/card.ts';
import { shapeList } from '../http/lists.ts';
import type { HandlerOf } from '../http/operation.ts';
import type { FollowerBody, listFollowersOperation } from './answers.ts';

export function listFollowers(
  database: Database<'follows' | 'channels' | 'users'>,
  cursors: CursorCodec,
  recordingsUrl: string,
): HandlerOf<typeof listFollowersOperation> {
  return async c => {
    const { username } = c.req.valid('param');
    const page = await readFollowers(database, cursors, callerOf(c), username, c.req.valid('query'));
    return c.json(
      shapeList(page, follower => shape(follower, recordingsUrl)),
      200,
    );
  };
}

function shape({ user, followedAt }: Follower, recordingsUrl: string): FollowerBody {
  const { id, username } = user;
  return { user: { id, username, ...shapeCard(user, recordingsUrl) }, followedAt };
}
