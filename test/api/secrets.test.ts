import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { openApiDocument } from '../../lambdas/api/openApi.ts';
import { startApi, type TestApi, useApi } from '../support/api.ts';
import { leaks } from '../support/leaks.ts';

const api = useApi();

/**
 * Sends every request that handles secrets, also failing ones. The tests then search what was logged and
 * stored.
 */
async function everythingSecret(to: TestApi) {
  const ann = await to.signUp();
  const { username, password } = ann;
  const guest = to.client();
  await guest.POST('/v1/users', { body: { username, password } });
  await guest.POST('/v1/sessions', { body: { username, password: `not ${password}` } });
  const { data } = await guest.POST('/v1/sessions', {
    body: { username, password },
    params: { header: { 'Idempotency-Key': randomUUID() } },
  });
  const refreshToken = data?.refreshToken ?? '';
  const next = await guest.POST('/v1/sessions/refresh', { body: { refreshToken } });
  await guest.POST('/v1/sessions/refresh', { body: { refreshToken } });
  await ann.api.GET('/v1/channels/me/ingest');
  await ann.api.POST('/v1/channels/me/stream-key');
  const changed = { password: randomUUID(), currentPassword: password };
  await ann.api.PATCH('/v1/users/me', { body: changed });
  await ann.api.PATCH('/v1/users/me', { body: changed });
  to.ivs.simulator.faults.add({ operation: 'CreateStreamKey', failure: 'failed', times: 9 });
  await ann.api.POST('/v1/channels/me/stream-key');
  await ann.api.GET('/v1/channels/me/ingest');
  to.ivs.simulator.faults.clear();
  // A client may send a token in the wrong place by mistake.
  await to.request(`/v1/channels/${ann.username}/streams?token=x`, {
    headers: { Authorization: ann.accessToken },
  });
  return { ann, next: next.data };
}

test('no answer, header, log line or row contains a secret that does not belong there', async () => {
  await everythingSecret(api());
  expect(api().answers.map(({ status }) => status)).toEqual(
    expect.arrayContaining([200, 201, 401, 403, 409, 422]),
  );
  expect(await leaks(api())).toEqual([]);
});

test('an unexpected error is logged without the request that caused it', async () => {
  const { username, password } = await api().signUp();
  const { names } = api().database;
  const broken = await startApi({
    database: { client: api().database.client, names: { ...names, sessions: 'gone' } },
  });
  try {
    const { response } = await broken.client().POST('/v1/sessions', { body: { username, password } });
    expect(response.status).toBe(500);
    expect(broken.logs.some(({ level }) => level === 'error')).toBe(true);
    const seen = { ...api(), logs: broken.logs, answers: [...api().answers, ...broken.answers] };
    expect(await leaks(seen)).toEqual([]);
  } finally {
    await broken.stop();
  }
});

describe('the search finds', () => {
  test.each<
    [string, (ann: { password: string; accessToken: string; refreshToken: string }) => Partial<TestApi>]
  >([
    [
      'a password in the log',
      ({ password }) => ({
        logs: [{ level: 'error', message: 'm', fields: { error: new Error('x', { cause: { password } }) } }],
      }),
    ],
    [
      'a token in an error',
      ({ accessToken }) => ({
        answers: [...api().answers, answer('GET', '/v1/users/me', 401, accessToken)],
      }),
    ],
    [
      'a token in an answer that must not have one',
      ({ refreshToken }) => ({
        answers: [...api().answers, answer('GET', '/v1/users/me', 200, refreshToken)],
      }),
    ],
    [
      'a password in an answer that has tokens',
      ({ password }) => ({ answers: [...api().answers, answer('POST', '/v1/users', 201, password)] }),
    ],
  ])('%s', async (_, planted) => {
    const { ann } = await everythingSecret(api());
    expect(await leaks({ ...api(), ...planted(ann) })).toHaveLength(1);
  });
});

test('the examples in the document are not real secrets', () => {
  const text = JSON.stringify(openApiDocument());
  expect(text).not.toMatch(/sk_[a-z]{2}-/);
  expect(text).not.toMatch(/eyJ[\w-]{10}/);
  expect(text).not.toMatch(/scrypt\$/);
});

function answer(method: string, path: string, status: number, text: string) {
  return { method, path, status, text, headers: new Headers() };
}
