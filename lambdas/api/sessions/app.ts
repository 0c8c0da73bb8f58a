import type { Sessions } from '../../../domain/accounts/sessions.ts';
import type { SignIn } from '../../../domain/accounts/signIn.ts';
import type { StepUp } from '../../../domain/accounts/stepUp.ts';
import { resourceApp } from '../http/app.ts';
import { callerOf } from '../http/auth.ts';
import type { HttpApp } from '../http/context.ts';
import type { Guards } from '../http/guards.ts';
import { createSession } from './createSession.ts';
import { deleteSession } from './deleteSession.ts';
import { refreshSession } from './refreshSession.ts';
import { createSessionRoute, deleteSessionRoute, refreshSessionRoute, stepUpRoute } from './routes.ts';

export interface SessionsDependencies {
  readonly guards: Guards;
  readonly signIn: SignIn;
  readonly sessions: Sessions;
  readonly stepUp: StepUp;
}

export function sessionsApp({ guards, signIn, sessions, stepUp }: SessionsDependencies): HttpApp {
  const app = resourceApp(guards);
  app.openapi(createSessionRoute, createSession(signIn));
  app.openapi(refreshSessionRoute, refreshSession(sessions));
  app.openapi(stepUpRoute, async c => {
    const until = await stepUp.renew(callerOf(c), c.req.valid('json').currentPassword);
    return c.json({ until: until.toISOString() }, 200);
  });
  app.openapi(deleteSessionRoute, deleteSession(sessions));
  return app;
}
