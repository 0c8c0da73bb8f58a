import { describe, expect, test } from '@jest/globals';
import type { SigningKey } from '../../domain/accounts/jwt.ts';
import { tokenIssuer } from '../../domain/accounts/tokens.ts';
import { UnauthenticatedError } from '../../domain/errors.ts';
import { signingKeys, tokensFrom } from '../../lambdas/api/http/tokenSecret.ts';
import { movableClock } from '../support/accounts.ts';

const keyOf = (id: string): SigningKey => ({
  id,
  secret: new TextEncoder().encode(`${id}: a secret, long enough to sign`),
});
const ann = { id: 'user-1', username: 'Ann', channelId: 'channel-1' };

/** A secret that can be rotated and made unreachable. Counts the fetches. */
function secret() {
  const state = {
    current: keyOf('v1'),
    previous: undefined as SigningKey | undefined,
    isBroken: false,
    fetches: 0,
  };
  return {
    state,
    rotate: (id: string) => {
      state.previous = state.current;
      state.current = keyOf(id);
    },
    fetch: async (stage: 'AWSCURRENT' | 'AWSPREVIOUS') => {
      state.fetches++;
      if (state.isBroken) throw new Error('out of reach');
      return stage === 'AWSCURRENT' ? state.current : state.previous;
    },
  };
}

function instance(from: ReturnType<typeof secret>, clock: () => Date) {
  return tokenIssuer({ keys: signingKeys({ fetch: from.fetch, clock }), clock });
}

describe('the keys that sign access tokens', () => {
  test('are fetched at the first use, once for concurrent callers, and cached for five minutes', async () => {
    const { clock, forward } = movableClock();
    const from = secret();
    const tokens = instance(from, clock);
    expect(from.state.fetches).toBe(0);
    await Promise.all([1, 2, 3].map(() => tokens.issue(ann, 'f')));
    expect(from.state.fetches).toBe(2);
    forward(299);
    await tokens.verify(await tokens.issue(ann, 'f'));
    expect(from.state.fetches).toBe(2);
    forward(1);
    await tokens.issue(ann, 'f');
    expect(from.state.fetches).toBe(4);
  });

  test('sign nobody out when they are rotated, in instances with the new key and in those without it', async () => {
    const { clock, forward } = movableClock();
    const from = secret();
    const [early, late] = [instance(from, clock), instance(from, clock)];
    const before = await early.issue(ann, 'f');
    await late.issue(ann, 'f');
    from.rotate('v2');
    // A new Lambda instance signs with the new key, which the running instances do not have yet.
    const fresh = instance(from, clock);
    const after = await fresh.issue(ann, 'f');
    forward(60);
    for (const tokens of [early, late, fresh]) {
      expect(await tokens.verify(before)).toMatchObject({ userId: 'user-1' });
      expect(await tokens.verify(after)).toMatchObject({ userId: 'user-1' });
    }
    // A token that is still signed with the old key is valid too.
    const old = instance(from, clock);
    expect(await old.verify(await early.issue(ann, 'f'))).toMatchObject({ userId: 'user-1' });
  });

  test('are no longer valid after two rotations', async () => {
    const { clock, forward } = movableClock();
    const from = secret();
    const tokens = instance(from, clock);
    const token = await tokens.issue(ann, 'f');
    from.rotate('v2');
    from.rotate('v3');
    forward(300);
    await expect(tokens.verify(token)).rejects.toBeInstanceOf(UnauthenticatedError);
  });

  test('are not fetched again for each forged token', async () => {
    const { clock, forward } = movableClock();
    const from = secret();
    const tokens = instance(from, clock);
    const forger = tokenIssuer({
      keys: { current: async () => keyOf('x'), withId: async () => undefined },
      clock,
    });
    await tokens.issue(ann, 'f');
    const forged = await forger.issue(ann, 'f');
    forward(60);
    for (let i = 0; i < 20; i++)
      await expect(tokens.verify(forged)).rejects.toBeInstanceOf(UnauthenticatedError);
    expect(from.state.fetches).toBe(4);
  });

  test('stay in use while they cannot be fetched, and are fetched again after a while', async () => {
    const { clock, forward } = movableClock();
    const from = secret();
    const tokens = instance(from, clock);
    const token = await tokens.issue(ann, 'f');
    from.state.isBroken = true;
    forward(300);
    await tokens.verify(token);
    const tried = from.state.fetches;
    await tokens.verify(token);
    expect(from.state.fetches).toBe(tried);
    from.state.isBroken = false;
    from.rotate('v2');
    forward(10);
    await tokens.verify(token);
    expect(from.state.fetches).toBe(tried + 2);
  });

  test('that were never fetched are an error, and are fetched again', async () => {
    const { clock } = movableClock();
    const from = secret();
    from.state.isBroken = true;
    const tokens = instance(from, clock);
    await expect(tokens.issue(ann, 'f')).rejects.toThrow('out of reach');
    from.state.isBroken = false;
    expect(await tokens.verify(await tokens.issue(ann, 'f'))).toMatchObject({ familyId: 'f' });
  });
});

test('a Lambda without the ARN of the secret does not start', () => {
  expect(() => tokensFrom({})).toThrow('TOKEN_SECRET_ID');
});
