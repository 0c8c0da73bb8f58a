import type { SigningKey, SigningKeys } from '../../../domain/accounts/jwt.ts';
import { type TokenIssuer, tokenIssuer } from '../../../domain/accounts/tokens.ts';
import { type Environment, tokenSecretIdFrom } from './environment.ts';
import type { FetchKey } from './secretsManager.ts';

// After a rotation, every running Lambda signs with the new key within this time.
const CACHE_MS = 5 * 60_000;
// A forged token can name any key id, so unknown ids must not cause a request each.
const MIN_MS_BETWEEN_FETCHES = 10_000;

/**
 * Caches the keys that sign access tokens for five minutes. An unknown key id causes one more fetch, because
 * another Lambda may already sign with a new key. If the fetch fails, the cached keys stay in use.
 */
export function signingKeys({ fetch, clock }: { fetch: FetchKey; clock: () => Date }): SigningKeys {
  let cached: { readonly keys: readonly SigningKey[]; readonly at: number } | undefined;
  let fetching: Promise<readonly SigningKey[]> | undefined;

  const fetchAll = async () => {
    const [current, previous] = await Promise.all([fetch('AWSCURRENT'), fetch('AWSPREVIOUS')]);
    if (current === undefined) throw new Error('the secret that signs access tokens has no current version');
    cached = { keys: [current, ...(previous === undefined ? [] : [previous])], at: clock().getTime() };
    return cached.keys;
  };
  // Concurrent calls share one fetch.
  const fresh = () => {
    fetching ??= fetchAll().finally(() => {
      fetching = undefined;
    });
    return fetching;
  };
  const keysNotOlderThan = async (ms: number) => {
    if (cached !== undefined && clock().getTime() - cached.at < ms) return cached.keys;
    try {
      return await fresh();
    } catch (error) {
      if (cached === undefined) throw error;
      // Wait before the next fetch, otherwise every request would wait for the failing service.
      cached = { ...cached, at: clock().getTime() - CACHE_MS + MIN_MS_BETWEEN_FETCHES };
      return cached.keys;
    }
  };

  return {
    async current() {
      const [current] = await keysNotOlderThan(CACHE_MS);
      if (current === undefined) throw new Error('the list of signing keys is empty');
      return current;
    },
    async withId(id) {
      const known = (await keysNotOlderThan(CACHE_MS)).find(key => key.id === id);
      return known ?? (await keysNotOlderThan(MIN_MS_BETWEEN_FETCHES)).find(key => key.id === id);
    },
  };
}

/**
 * Creates an issuer of access tokens that are signed with the secret in the environment. The secret is
 * fetched when the first token is created or verified.
 *
 * @throws Error that names the variable when it is missing.
 */
export function tokensFrom(environment: Environment, clock: () => Date = () => new Date()): TokenIssuer {
  const id = tokenSecretIdFrom(environment);
  const fetch: FetchKey = async stage => {
    const { fetchFrom, secretsManager } = await import('./secretsManager.ts');
    return fetchFrom(secretsManager(), id)(stage);
  };
  return tokenIssuer({ keys: signingKeys({ fetch, clock }), clock });
}
