import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { SigningKey } from '../../domain/accounts/jwt.ts';
import { tokenIssuer } from '../../domain/accounts/tokens.ts';
import { UnauthenticatedError } from '../../domain/errors.ts';
import { fixedKeys, movableClock } from '../support/accounts.ts';

const ann = { id: 'user-1', username: 'Ann', channelId: 'channel-1' };
const { clock } = movableClock();
const caller = {
  userId: 'user-1',
  username: 'Ann',
  channelId: 'channel-1',
  familyId: 'family-1',
  issuedAt: clock().getTime(),
};
const issuer = tokenIssuer({ keys: fixedKeys, clock });

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const decoded = (part = ''): Record<string, unknown> => JSON.parse(Buffer.from(part, 'base64url').toString());

/** A handmade token, signed with `key` by HMAC and `hash`. */
function handmade(header: object, claims: object, key: Uint8Array, hash = 'sha256'): string {
  const content = `${encoded(header)}.${encoded(claims)}`;
  return `${content}.${createHmac(hash, key).update(content).digest('base64url')}`;
}

const now = clock().getTime() / 1000;
const goodHeader = { alg: 'HS256', typ: 'JWT', kid: 'key-1' };
const goodClaims = {
  iss: 'ugc',
  sub: 'user-1',
  name: 'Ann',
  ch: 'channel-1',
  fam: 'family-1',
  iat: now,
  exp: now + 60,
};
const key = async (): Promise<SigningKey> => fixedKeys.current();

describe('an access token', () => {
  test('identifies the caller', async () => {
    expect(await issuer.verify(await issuer.issue(ann, 'family-1'))).toEqual(caller);
  });

  test('has its key id, issuer, times and user claims, and nothing else', async () => {
    const [header, claims] = (await issuer.issue(ann, 'family-1')).split('.');
    expect(decoded(header)).toEqual(goodHeader);
    expect(decoded(claims)).toEqual({ ...goodClaims, exp: now + 900 });
  });

  test('follows RFC 7519: a handmade one is valid too', async () => {
    const { secret } = await key();
    expect(await issuer.verify(handmade(goodHeader, goodClaims, secret))).toEqual(caller);
  });

  test('is valid for 15 minutes', async () => {
    const time = movableClock();
    const timed = tokenIssuer({ keys: fixedKeys, clock: time.clock });
    const token = await timed.issue(ann, 'family-1');
    time.forward(15 * 60 - 1);
    expect(await timed.verify(token)).toEqual(caller);
    time.forward(1);
    await expect(timed.verify(token)).rejects.toThrow(
      new UnauthenticatedError('token', 'the access token has expired'),
    );
  });
});

describe('a token is refused', () => {
  const without = (claim: string) =>
    Object.fromEntries(Object.entries(goodClaims).filter(([name]) => name !== claim));
  const cases: [string, (secret: Uint8Array) => string][] = [
    ['empty', () => ''],
    ['not a token', () => 'a.b.c'],
    ['not signed', () => `${encoded({ ...goodHeader, alg: 'none' })}.${encoded(goodClaims)}.`],
    ['signed with another key', () => handmade(goodHeader, goodClaims, new Uint8Array(32))],
    [
      'signed by another algorithm',
      secret => handmade({ ...goodHeader, alg: 'HS512' }, goodClaims, secret, 'sha512'),
    ],
    ['of an unknown key', secret => handmade({ ...goodHeader, kid: 'key-2' }, goodClaims, secret)],
    ['without a key id', secret => handmade({ alg: 'HS256' }, goodClaims, secret)],
    ['of another issuer', secret => handmade(goodHeader, { ...goodClaims, iss: 'other' }, secret)],
    ['without one of our own claims', secret => handmade(goodHeader, without('fam'), secret)],
    ['without a subject', secret => handmade(goodHeader, without('sub'), secret)],
    ['without an end', secret => handmade(goodHeader, without('exp'), secret)],
    ['expired', secret => handmade(goodHeader, { ...goodClaims, exp: now }, secret)],
    ['not valid yet', secret => handmade(goodHeader, { ...goodClaims, nbf: now + 60 }, secret)],
    ['with claims of other types', secret => handmade(goodHeader, { ...goodClaims, ch: 7 }, secret)],
  ];

  test.each(cases)('if it is %s', async (_, make) => {
    const { secret } = await key();
    const refused = issuer.verify(make(secret));
    await expect(refused).rejects.toBeInstanceOf(UnauthenticatedError);
    await expect(refused).rejects.toMatchObject({ given: 'token' });
  });

  test('if any of its characters is changed', async () => {
    const token = await issuer.issue(ann, 'family-1');
    for (let at = 0; at < token.length - 1; at += 7) {
      const changed = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
      await expect(issuer.verify(changed)).rejects.toBeInstanceOf(UnauthenticatedError);
    }
  });
});

test('an error while reading the keys is not reported as an invalid token', async () => {
  const broken = async () => {
    throw new Error('out of reach');
  };
  const token = await issuer.issue(ann, 'family-1');
  const cut = tokenIssuer({ keys: { current: broken, withId: broken }, clock });
  await expect(cut.verify(token)).rejects.toThrow('out of reach');
});
