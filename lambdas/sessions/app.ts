import type { Sessions } from '../../domain/accounts/sessions.ts';
import type { SignIn } from '../../domain/accounts/signIn.ts';
import { resourceApp } from '../http/app.ts';
import type { HttpApp } from '../http/context.ts';
import type { Guards } from '../http/guards.ts';
import { createSession } from './createSession.ts';
import { deleteSession } from './deleteSession.ts';
import { refreshSession } from './refreshSession.ts';
import { createSessionRoute, deleteSessionRoute, refreshSessionRoute } from './routes.ts';

export interface SessionsDependencies {
  readonly guards: Guards;
  readonly signIn: SignIn;
  readonly sessions: Sessions;
}

export function sessionsApp({ guards, signIn, sessions }: SessionsDependencies): HttpApp {
  const app = resourceApp(guards);
  app.openapi(createSessionRoute, createSession(signIn));
  app.openapi(refreshSessionRoute, refreshSession(sessions));
  app.openapi(deleteSessionRoute, deleteSession(sessions));
  return app;
}
