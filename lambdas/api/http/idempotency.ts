import type { MiddlewareHandler } from 'hono';
import type { StatusCode } from 'hono/utils/http-status';
import { z } from 'zod';
import type { Sessions } from '../../../domain/accounts/sessions.ts';
import { UnauthenticatedError } from '../../../domain/errors.ts';
import type { AnswerOnce, Outcome } from '../../../domain/idempotency.ts';
import { optionalCallerOf } from './auth.ts';
import type { HttpEnv } from './context.ts';
import { idempotencyKey } from './declarations.ts';

/**
 * Answers a request that was answered before, with the same `Idempotency-Key`, as it was then.
 *
 * @param sessions of a route that answers with a sign-in. An answer is given again only while that sign-in goes on and
 *   its refresh token is the newest: no key brings back a sign-in that was ended, by its owner or by a new password.
 */
export function answeredOnce(
  answerOnce: AnswerOnce,
  operation: string,
  sessions?: Pick<Sessions, 'isGood'>,
): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const key = idempotencyKey.optional().safeParse(c.req.header('idempotency-key'));
    // One that is not valid is refused with the other values.
    if (!key.success || key.data === undefined) return next();
    // Whoever knows a key that a guest made up may have the answer: the address may change between tries.
    const caller = optionalCallerOf(c)?.userId ?? 'guest';
    const request = { operation, caller, key: key.data, body: await c.req.text() };
    const { answer, isReplay } = await answerOnce(request, async () => {
      await next();
      return outcomeOf(c.res);
    });
    if (!isReplay) return;
    const { status, contentType, body } = keptAnswer.parse(JSON.parse(answer));
    if (sessions !== undefined && !(await sessions.isGood(refreshTokenIn(body)))) throw signInOver();
    c.header('Idempotency-Replayed', 'true');
    if (contentType !== null) c.header('Content-Type', contentType);
    return c.newResponse(body, status);
  };
}

const keptAnswer = z.object({
  status: z.custom<StatusCode>(Number.isInteger),
  contentType: z.string().nullable(),
  body: z.string().nullable(),
});

const signedIn = z.object({ refreshToken: z.string() });
const refreshTokenIn = (body: string | null) => signedIn.parse(JSON.parse(body ?? 'null')).refreshToken;

const signInOver = () =>
  new UnauthenticatedError(
    'credentials',
    'the sign-in that this Idempotency-Key made is over: sign in with another key',
  );

/**
 * Only a success is kept. A refusal has done nothing, and the state that it is about can change: a name becomes free, a
 * stream goes live. So the same request with the same key is looked at again.
 */
async function outcomeOf(response: Response): Promise<Outcome> {
  const { status, ok, headers, body } = response;
  const answer = JSON.stringify({
    status,
    contentType: headers.get('content-type'),
    body: body === null ? null : await response.clone().text(),
  });
  return { answer, isFinal: ok };
}
