import type { Sessions } from '../../../domain/accounts/sessions.ts';
import { callerOf } from '../http/auth.ts';
import type { HandlerOf } from '../http/route.ts';
import type { deleteSessionRoute } from './routes.ts';

export function deleteSession(sessions: Sessions): HandlerOf<typeof deleteSessionRoute> {
  return async c => {
    await sessions.end(callerOf(c));
    return c.body(null, 204);
  };
}
