import type { SignIn } from '../../domain/accounts/signIn.ts';
import type { HandlerOf } from '../http/route.ts';
import type { createSessionRoute } from './routes.ts';
import { shapeSignedIn } from './schemas.ts';

export function createSession(signIn: SignIn): HandlerOf<typeof createSessionRoute> {
  return async c => {
    const { username, password } = c.req.valid('json');
    return c.json(shapeSignedIn(await signIn(username, password)), 200);
  };
}
