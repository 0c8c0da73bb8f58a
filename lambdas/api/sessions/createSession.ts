import type { SignIn } from '../../../domain/accounts/signIn.ts';
import { networksFrom } from '../http/limits.ts';
import type { HandlerOf } from '../http/route.ts';
import type { createSessionRoute } from './routes.ts';
import { shapeSignedIn } from './schemas.ts';

export function createSession(signIn: SignIn): HandlerOf<typeof createSessionRoute> {
  return async c => {
    const network = networksFrom(c);
    const attempt = { ...c.req.valid('json'), network: network.site ?? network.address };
    return c.json(shapeSignedIn(await signIn(attempt)), 200);
  };
}
