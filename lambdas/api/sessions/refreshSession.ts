import type { Sessions } from '../../../domain/accounts/sessions.ts';
import type { HandlerOf } from '../http/route.ts';
import type { refreshSessionRoute } from './routes.ts';
import { shapeSignedIn } from './schemas.ts';

export function refreshSession(sessions: Sessions): HandlerOf<typeof refreshSessionRoute> {
  return async c => {
    const { refreshToken } = c.req.valid('json');
    return c.json(shapeSignedIn(await sessions.refresh(refreshToken)), 200);
  };
}
