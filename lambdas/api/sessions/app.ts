import type { Sessions } from '../../../domain/accounts/sessions.ts';
import type { SignIn } from '../../../domain/accounts/signIn.ts';
import type { StepUp } from '../../../domain/accounts/stepUp.ts';
import { resourceApp } from '../http/app.ts';
import { callerOf } from '../http/auth.ts';
import type { HttpApp } from '../http/context.ts';
import type { Guards } from '../http/guards.ts';
import { guessingNetwork } from '../http/limits.ts';
import type {
  createSessionOperation,
  deleteSessionOperation,
  refreshSessionOperation,
  stepUpOperation,
} from './answers.ts';
import { createSessionRoute, deleteSessionRoute, refreshSessionRoute, stepUpRoute } from './routes.ts';
import { shapeSignedIn } from './signedInShape.ts';

export interface SessionsDependencies {
  readonly guards: Guards;
  readonly signIn: SignIn;
  readonly sessions: Sessions;
  readonly stepUp: StepUp;
}

export function sessionsApp({ guards, signIn, sessions, stepUp }: SessionsDependencies): HttpApp {
  const app = resourceApp(guards);
  app.handle<typeof createSessionOperation>(createSessionRoute, async c => {
    const attempt = { ...c.req.valid('json'), network: await guessingNetwork(c) };
    return c.json(shapeSignedIn(await signIn(attempt)), 200);
  });
  app.handle<typeof refreshSessionOperation>(refreshSessionRoute, async c => {
    // The schema requires it.
    const { refreshToken = '' } = c.req.valid('json');
    return c.json(shapeSignedIn(await sessions.refresh(refreshToken)), 200);
  });
  app.handle<typeof stepUpOperation>(stepUpRoute, async c => {
    const until = await stepUp.renew(callerOf(c), c.req.valid('json').currentPassword);
    return c.json({ until: until.toISOString() }, 200);
  });
  app.handle<typeof deleteSessionOperation>(deleteSessionRoute, async c => {
    await sessions.end(callerOf(c));
    return c.body(null, 204);
  });
  return app;
}
