import type { MiddlewareHandler } from 'hono';
import type { StatusCode } from 'hono/utils/http-status';
import type { Sessions } from '../../../domain/accounts/sessions.ts';
import { UnauthenticatedError } from '../../../domain/errors.ts';
import type { AnswerOnce, Outcome } from '../../../domain/idempotency.ts';
import * as z from '../../../model/zod.ts';
import { optionalCallerOf } from './auth.ts';
import type { HttpEnv } from './context.ts';
import { idempotencyKey } from './route.ts';

/**
 * Replays the stored response to an earlier request with the same `Idempotency-Key`.
 *
 * @param sessions Given for routes that return a sign-in. A stored response is replayed only while that
 *   sign-in is active and its refresh token is the newest. A key cannot restore a sign-in that the owner or a
 *   new password has ended.
 */
export function replayStoredAnswer(
  answerOnce: AnswerOnce,
  operation: string,
  sessions?: Pick<Sessions, 'isGood'>,
): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const key = z.optional(idempotencyKey).safeParse(c.req.header('idempotency-key'));
    // The route's schema rejects a key that is not valid.
    if (!key.success || key.data === undefined) return next();
    // All guests share one caller, because a guest's address may change between attempts. The key itself is
    // the secret. A script can read the key but not the cookie, so a key belongs to the cookie it came with. A
    // page does not know whether an answer that it lost has changed the cookie; then its key is a new one.
    const caller = optionalCallerOf(c)?.userId ?? c.get('refreshCookie') ?? 'guest';
    const request = { operation, caller, key: key.data, body: await c.req.text() };
    const { answer, isReplay } = await answerOnce(request, async () => {
      await next();
      return outcomeOf(c.res);
    });
    if (!isReplay) return;
    const { status, contentType, body } = storedAnswer.parse(JSON.parse(answer));
    if (sessions !== undefined && !(await sessions.isGood(refreshTokenIn(body)))) throw signInEnded();
    c.header('Idempotency-Replayed', 'true');
    if (contentType !== null) c.header('Content-Type', contentType);
    return c.newResponse(body, status);
  };
}

const storedAnswer = z.object({
  status: z.custom<StatusCode>(Number.isInteger),
  contentType: z.nullable(z.string()),
  body: z.nullable(z.string()),
});

const signedIn = z.object({ refreshToken: z.string() });
const refreshTokenIn = (body: string | null) => signedIn.parse(JSON.parse(body ?? 'null')).refreshToken;

const signInEnded = () =>
  new UnauthenticatedError(
    'credentials',
    'the sign-in that this Idempotency-Key created is over: sign in with another key',
  );

/**
 * Converts a response for storage. Only a success is final: after an error nothing has changed, and its cause
 * can disappear (a username becomes free, a stream goes live), so the same request with the same key is
 * handled again.
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
