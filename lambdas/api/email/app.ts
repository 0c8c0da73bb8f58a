import { setTimeout as delay } from 'node:timers/promises';
import { confirmEmail, getEmail, removeEmail, requestEmail } from '../../../domain/accounts/emailChange.ts';
import {
  type PasswordResetDependencies,
  requestReset,
  resetPassword,
} from '../../../domain/accounts/passwordReset.ts';
import { resourceApp } from '../http/app.ts';
import { callerOf, provenOf } from '../http/auth.ts';
import type { HttpApp } from '../http/context.ts';
import type { Guards } from '../http/guards.ts';
import { guessingNetwork } from '../http/limits.ts';
import { signInOriginOf } from '../http/signInOrigin.ts';
import { shapeSignedIn } from '../sessions/signedInShape.ts';
import type {
  changeEmailOperation,
  confirmEmailOperation,
  getEmailOperation,
  removeEmailOperation,
  requestPasswordResetOperation,
  resetPasswordOperation,
} from './answers.ts';
import {
  changeEmailRoute,
  confirmEmailRoute,
  getEmailRoute,
  removeEmailRoute,
  requestPasswordResetRoute,
  resetPasswordRoute,
} from './routes.ts';

export interface EmailAppDependencies extends Omit<PasswordResetDependencies, 'wait'> {
  readonly guards: Guards;
  /** Overrides how the request of a new password waits, in tests. */
  readonly wait?: PasswordResetDependencies['wait'];
}

export function emailApp({ guards, ...given }: EmailAppDependencies): HttpApp {
  const dependencies = { wait: waitFor, ...given };
  const app = resourceApp(guards);
  app.handle<typeof getEmailOperation>(getEmailRoute, async c => {
    const { email = null, pending = null } = await getEmail(dependencies, callerOf(c));
    return c.json({ email, pending }, 200);
  });
  app.handle<typeof changeEmailOperation>(changeEmailRoute, async c =>
    c.json(await requestEmail(dependencies, provenOf(c), c.req.valid('json').email), 202),
  );
  app.handle<typeof confirmEmailOperation>(confirmEmailRoute, async c => {
    const email = await confirmEmail(dependencies, callerOf(c), c.req.valid('json').code);
    return c.json({ email, pending: null }, 200);
  });
  app.handle<typeof removeEmailOperation>(removeEmailRoute, async c => {
    await removeEmail(dependencies, provenOf(c));
    return c.body(null, 204);
  });
  app.handle<typeof requestPasswordResetOperation>(requestPasswordResetRoute, async c => {
    const network = await guessingNetwork(c);
    return c.json({ resetId: await requestReset(dependencies, c.req.valid('json').email, network) }, 202);
  });
  app.handle<typeof resetPasswordOperation>(resetPasswordRoute, async c => {
    const signedIn = await resetPassword(dependencies, c.req.valid('json'), await signInOriginOf(c));
    return c.json(shapeSignedIn(signedIn), 200);
  });
  return app;
}

/** Waits, and ends earlier when `signal` is aborted. */
async function waitFor(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => {});
}
