import type { Sessions } from '../../../domain/accounts/sessions.ts';
import type { SignIn } from '../../../domain/accounts/signIn.ts';
import {
  endOtherSignIns,
  endSignIn,
  listSignIns,
  type SignInEntry,
} from '../../../domain/accounts/signIns.ts';
import type { StepUp } from '../../../domain/accounts/stepUp.ts';
import type { CursorCodec } from '../../../domain/cursors.ts';
import type { Database } from '../../../store/database.ts';
import { resourceApp } from '../http/app.ts';
import { callerOf } from '../http/auth.ts';
import type { HttpApp } from '../http/context.ts';
import type { Guards } from '../http/guards.ts';
import { guessingNetwork } from '../http/limits.ts';
import { shapeList } from '../http/lists.ts';
import { signInOriginOf } from '../http/signInOrigin.ts';
import type {
  createSessionOperation,
  deleteSessionOperation,
  endOtherSessionsOperation,
  endSessionOperation,
  listSessionsOperation,
  refreshSessionOperation,
  SessionBody,
  stepUpOperation,
} from './answers.ts';
import {
  createSessionRoute,
  deleteSessionRoute,
  endOtherSessionsRoute,
  endSessionRoute,
  listSessionsRoute,
  refreshSessionRoute,
  stepUpRoute,
} from './routes.ts';
import { shapeSignedIn } from './signedInShape.ts';

export interface SessionsDependencies {
  readonly guards: Guards;
  readonly signIn: SignIn;
  readonly sessions: Sessions;
  readonly stepUp: StepUp;
  readonly database: Database<'users' | 'sessions'>;
  readonly cursors: CursorCodec;
  readonly clock: () => Date;
}

export function sessionsApp({
  guards,
  signIn,
  sessions,
  stepUp,
  ...dependencies
}: SessionsDependencies): HttpApp {
  const { database } = dependencies;
  const app = resourceApp(guards);
  app.handle<typeof createSessionOperation>(createSessionRoute, async c => {
    const attempt = {
      ...c.req.valid('json'),
      network: await guessingNetwork(c),
      origin: await signInOriginOf(c),
    };
    return c.json(shapeSignedIn(await signIn(attempt)), 200);
  });
  app.handle<typeof refreshSessionOperation>(refreshSessionRoute, async c => {
    // The schema requires it.
    const { refreshToken = '' } = c.req.valid('json');
    return c.json(shapeSignedIn(await sessions.refresh(refreshToken, await signInOriginOf(c))), 200);
  });
  app.handle<typeof stepUpOperation>(stepUpRoute, async c => {
    const until = await stepUp.renew(callerOf(c), c.req.valid('json').currentPassword);
    return c.json({ until: until.toISOString() }, 200);
  });
  app.handle<typeof deleteSessionOperation>(deleteSessionRoute, async c => {
    await sessions.end(callerOf(c));
    return c.body(null, 204);
  });
  app.handle<typeof listSessionsOperation>(listSessionsRoute, async c => {
    const page = await listSignIns(dependencies, callerOf(c), c.req.valid('query'));
    return c.json(shapeList(page, shapeEntry), 200);
  });
  app.handle<typeof endOtherSessionsOperation>(endOtherSessionsRoute, async c => {
    await endOtherSignIns(dependencies, callerOf(c));
    return c.body(null, 204);
  });
  app.handle<typeof endSessionOperation>(endSessionRoute, async c => {
    await endSignIn(database, callerOf(c), c.req.valid('param').sessionId);
    return c.body(null, 204);
  });
  return app;
}

function shapeEntry({ device, network, ...entry }: SignInEntry): SessionBody {
  return { ...entry, device: device ?? null, network: network ?? null };
}
