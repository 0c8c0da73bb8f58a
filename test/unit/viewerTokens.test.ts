import { describe, expect, test } from '@jest/globals';
import { cursorCodec } from '../../domain/cursors.ts';
import { type ViewerClaims, viewerTokens } from '../../domain/viewers/viewerTokens.ts';

const secret = async () => 'a secret of the tests, long enough';
const tokens = viewerTokens(secret);
const claims: ViewerClaims = {
  viewerId: 'AAAAAAAAAAAAAAAAAAAAAA',
  channelId: 'AbCdEf1gHiJk',
  streamId: 'st-1',
  usernameKey: 'ann',
  weight: 1,
  joinedAt: 1_768_471_200_000,
  expiresAt: 1_768_471_500_000,
};

describe("a viewer's token", () => {
  test('contains what was signed, also for a mock stream', async () => {
    const marked = {
      ...claims,
      countedMinute: '2026-01-15T10:00:00.000Z',
      seedShard: '3',
      seedRun: 'set#run',
    };
    expect(await tokens.read(await tokens.sign(marked))).toEqual(marked);
  });

  test('is refused if any of its bytes is changed', async () => {
    const good = Buffer.from(await tokens.sign(claims), 'base64url');
    for (let at = 0; at < good.length; at++) {
      const bad = Buffer.from(good);
      bad.writeUInt8((good.at(at) ?? 0) ^ 1, at);
      expect(await tokens.read(bad.toString('base64url'))).toBeUndefined();
    }
  });

  test.each(['', 'x', 'A'.repeat(2_000), '%00', `${'A'.repeat(40)}=`])('is refused as %j', async text => {
    expect(await tokens.read(text)).toBeUndefined();
  });

  test('cannot be a cursor signed with the same secret, or a token signed with another secret', async () => {
    const cursor = await cursorCodec(secret).encode(['listStreams', 'ann'], {
      streamId: claims.streamId,
      viewerId: claims.viewerId,
    });
    expect(await tokens.read(cursor)).toBeUndefined();
    expect(await tokens.read(await viewerTokens(async () => 'another').sign(claims))).toBeUndefined();
  });
});

test('a pseudonym is the same for the same values, and differs for other values or another secret', async () => {
  const one = await tokens.pseudonym('user', 'st-1', 'u');
  expect(await tokens.pseudonym('user', 'st-1', 'u')).toBe(one);
  const others = [
    await tokens.pseudonym('user', 'st-2', 'u'),
    await tokens.pseudonym('user', 'st-1u'),
    await tokens.pseudonym('network', 'st-1', 'u'),
    await viewerTokens(async () => 'another').pseudonym('user', 'st-1', 'u'),
  ];
  expect(new Set([one, ...others]).size).toBe(5);
});
