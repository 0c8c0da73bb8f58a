import { beforeEach, describe, expect, test } from '@jest/globals';
import { Hono } from 'hono';
import type { SigningKey } from '../../domain/accounts/jwt.ts';
import type { HttpEnv } from '../../lambdas/api/http/context.ts';
import { networksFrom } from '../../lambdas/api/http/limits.ts';
import { originSecret, originSecretFrom } from '../../lambdas/api/http/originSecret.ts';
import { movableClock } from '../support/accounts.ts';

const versionOf = (text: string): SigningKey => ({ id: text, secret: new TextEncoder().encode(text) });

/** A secret that can be replaced, and how often it was read. */
function stored() {
  const versions = { AWSCURRENT: versionOf('first'), AWSPREVIOUS: undefined as SigningKey | undefined };
  let fetches = 0;
  return {
    fetches: () => fetches,
    replace: (text: string) => {
      versions.AWSPREVIOUS = versions.AWSCURRENT;
      versions.AWSCURRENT = versionOf(text);
    },
    fetch: async (stage: keyof typeof versions) => {
      fetches++;
      return versions[stage];
    },
  };
}

let clock: ReturnType<typeof movableClock>;
let secret: ReturnType<typeof stored>;
let warnings: string[];
let isOriginSecret: (text: string) => Promise<boolean>;
beforeEach(() => {
  clock = movableClock();
  secret = stored();
  warnings = [];
  isOriginSecret = originSecret({
    fetch: secret.fetch,
    clock: clock.clock,
    logger: { warn: message => void warnings.push(message) },
  });
});

describe('the origin secret', () => {
  test('is read at the first use, and again after five minutes', async () => {
    expect(secret.fetches()).toBe(0);
    await Promise.all([1, 2, 3].map(() => isOriginSecret('first')));
    expect(secret.fetches()).toBe(2);
    clock.forward(299);
    expect(await isOriginSecret('first')).toBe(true);
    expect(secret.fetches()).toBe(2);
    clock.forward(1);
    expect(await isOriginSecret('first')).toBe(true);
    expect(secret.fetches()).toBe(4);
  });

  test('is accepted after it was replaced once, and refused after it was replaced twice', async () => {
    expect(await isOriginSecret('first')).toBe(true);
    secret.replace('second');
    clock.forward(300);
    for (const text of ['first', 'second']) expect([text, await isOriginSecret(text)]).toEqual([text, true]);
    secret.replace('third');
    clock.forward(300);
    for (const text of ['second', 'third']) expect([text, await isOriginSecret(text)]).toEqual([text, true]);
    expect(await isOriginSecret('first')).toBe(false);
  });

  test('is accepted at once when CloudFront sends a version that is newer than the cached one', async () => {
    expect(await isOriginSecret('first')).toBe(true);
    secret.replace('second');
    clock.forward(10);
    expect(await isOriginSecret('second')).toBe(true);
    expect(warnings).toEqual([]);
  });

  test('is not read more than once in ten seconds for wrong secrets, which cause one warning in five minutes', async () => {
    for (const text of ['', 'firs', 'first ', 'FIRST', 'second'])
      expect([text, await isOriginSecret(text)]).toEqual([text, false]);
    expect(secret.fetches()).toBe(2);
    expect(warnings).toHaveLength(1);
    clock.forward(10);
    for (const text of ['a', 'b', 'c']) expect(await isOriginSecret(text)).toBe(false);
    expect(secret.fetches()).toBe(4);
    expect(warnings).toHaveLength(1);
    clock.forward(290);
    expect(await isOriginSecret('a')).toBe(false);
    expect(warnings).toHaveLength(2);
    expect(warnings.join()).not.toContain('first');
  });

  test('is not checked where the environment names none', () => {
    const logger = { warn: () => {} };
    expect(originSecretFrom({}, { clock: clock.clock, logger })).toBeUndefined();
  });
});

describe('the address that a request counts for', () => {
  const EDGE = '198.51.100.1';

  async function networkOf(headers: Record<string, string>, isBehindCdn = true) {
    const app = new Hono<HttpEnv>();
    app.use((c, next) => {
      c.set('isOriginSecret', isBehindCdn ? isOriginSecret : undefined);
      return next();
    });
    app.get('/', async c => c.text((await networksFrom(c)).address));
    const answer = await app.request('/', { headers }, { requestContext: { http: { sourceIp: EDGE } } });
    return answer.text();
  }

  test.each([
    ['203.0.113.7:46532', '203.0.113.7'],
    ['2001:db8:85a3:8d3:1319:8a2e:370:7348:443', '2001:db8:85a3:8d3::/64'],
    ['2001:0db8:85a3:0000:0000:8a2e:0370:7334:50211', '2001:db8:85a3:0::/64'],
    ['2001:db8::1:65535', '2001:db8:0:0::/64'],
    ['[2001:db8::1]:443', '2001:db8:0:0::/64'],
    ['::ffff:203.0.113.7:443', '203.0.113.7'],
  ])('is the one that CloudFront states as %s', async (stated, network) => {
    const headers = { 'X-Origin-Secret': 'first', 'CloudFront-Viewer-Address': stated };
    expect(await networkOf(headers)).toBe(network);
  });

  test.each<[string, Record<string, string>]>([
    ['without the secret', {}],
    ['with an empty secret', { 'X-Origin-Secret': '' }],
    ['with a wrong secret', { 'X-Origin-Secret': 'guessed' }],
    ['with two secrets', { 'X-Origin-Secret': 'first, guessed' }],
  ])('is that of the connection %s', async (_, headers) => {
    expect(await networkOf({ 'CloudFront-Viewer-Address': '203.0.113.7:1', ...headers })).toBe(EDGE);
  });

  test.each(['', '203.0.113.7', 'unknown:443', '203.0.113.7:443, 203.0.113.8:443', ':443'])(
    'is that of the connection when CloudFront states "%s"',
    async stated => {
      const headers = { 'X-Origin-Secret': 'first', 'CloudFront-Viewer-Address': stated };
      expect(await networkOf(headers)).toBe(EDGE);
    },
  );

  test('is that of the connection where no CloudFront is in front of the API', async () => {
    const headers = { 'X-Origin-Secret': 'first', 'CloudFront-Viewer-Address': '203.0.113.7:1' };
    expect(await networkOf(headers, false)).toBe(EDGE);
    expect(secret.fetches()).toBe(0);
  });

  test('costs no read of the secret for a request without one', async () => {
    await networkOf({ 'CloudFront-Viewer-Address': '203.0.113.7:1' });
    expect(secret.fetches()).toBe(0);
  });
});
