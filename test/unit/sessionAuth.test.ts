import { describe, expect, test } from '@jest/globals';
import { Hono } from 'hono';
import { tokenIssuer } from '../../domain/accounts/tokens.ts';
import {
  authenticated,
  callerOf,
  optionalCallerOf,
  optionallyAuthenticated,
} from '../../lambdas/api/http/auth.ts';
import type { HttpEnv } from '../../lambdas/api/http/context.ts';
import { errorHandler } from '../../lambdas/api/http/translate.ts';
import { recordingLogger } from '../api/logs.ts';
import { fixedKeys, movableClock } from '../support/accounts.ts';

const tokens = tokenIssuer({ keys: fixedKeys, clock: movableClock().clock });
const ann = { id: 'user-1', username: 'Ann', channelId: 'channel-1' };

const app = new Hono<HttpEnv>();
app.use(async (c, next) => {
  c.set('requestId', 'request-1');
  await next();
});
app.onError(errorHandler(recordingLogger()));
app.get('/user', authenticated(tokens), c => c.text(callerOf(c).userId));
app.get(
  '/optional',
  optionallyAuthenticated(tokens, async () => {}),
  c => c.text(optionalCallerOf(c)?.userId ?? 'guest'),
);
app.get('/open', c => c.text(callerOf(c).userId));

async function ask(path: string, authorization?: string) {
  const response = await app.request(path, authorization === undefined ? {} : { headers: { authorization } });
  return [response.status, response.status === 200 ? await response.text() : null];
}

describe('the caller', () => {
  test('is known on a route for users, and nobody else is let in', async () => {
    const token = await tokens.issue(ann, 'family-1');
    expect(await ask('/user', `Bearer ${token}`)).toEqual([200, 'user-1']);
    expect(await ask('/user')).toEqual([401, null]);
    expect(await ask('/user', 'Bearer x')).toEqual([401, null]);
  });

  test('may be a guest on a route with an optional token, and is refused with an invalid token', async () => {
    const token = await tokens.issue(ann, 'family-1');
    expect(await ask('/optional', `Bearer ${token}`)).toEqual([200, 'user-1']);
    expect(await ask('/optional')).toEqual([200, 'guest']);
    expect(await ask('/optional', 'Bearer x')).toEqual([401, null]);
  });

  test('cannot be read on a route without authentication', async () => {
    const token = await tokens.issue(ann, 'family-1');
    expect(await ask('/open', `Bearer ${token}`)).toEqual([500, null]);
  });
});
