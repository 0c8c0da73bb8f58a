import { expect, test } from '@jest/globals';
import { rateLimitOf } from '../../model/rateLimit.ts';
import { useApi } from '../support/api.ts';

const SECRET = 'the secret of CloudFront';
const EDGE = '198.51.100.1';
const api = useApi({ isOriginSecret: async text => text === SECRET });

/** Signs in with a wrong password, each time with another name. Returns the status. */
async function tryToSignIn(name: string, headers: Record<string, string>): Promise<number> {
  const body = JSON.stringify({ username: name, password: 'not the password' });
  const init = { method: 'POST', body, headers: { 'Content-Type': 'application/json', ...headers } };
  return (await api().request('/v1/sessions', init, EDGE)).status;
}

const through = (address: string, secret = SECRET) => ({
  'X-Origin-Secret': secret,
  'CloudFront-Viewer-Address': `${address}:50211`,
});

test('viewers behind one server of CloudFront have limits of their own, which they cannot leave by forging headers', async () => {
  const { requests } = rateLimitOf('createSession');
  for (let i = 0; i < requests; i++) expect(await tryToSignIn(`ann-${i}`, through('203.0.113.7'))).toBe(401);
  expect(await tryToSignIn('ann-last', through('203.0.113.7'))).toBe(429);
  expect(await tryToSignIn('bob', through('203.0.114.8'))).toBe(401);
  for (let i = 0; i < requests; i++)
    expect(await tryToSignIn(`eve-${i}`, through(`192.0.2.${i}`, 'a guess'))).toBe(401);
  expect(await tryToSignIn('eve-last', through('192.0.2.200', 'a guess'))).toBe(429);
});
