import type { SigningKeys } from '../../../domain/accounts/jwt.ts';
import { type TokenIssuer, tokenIssuer } from '../../../domain/accounts/tokens.ts';
import { type Environment, tokenSecretIdFrom } from './environment.ts';
import type { FetchKey } from './secretsManager.ts';
import { MIN_MS_BETWEEN_FETCHES, secretVersions } from './secretVersions.ts';

/**
 * The keys that sign access tokens. An unknown key id causes one more fetch, because another Lambda may already sign
 * with a new key. Tokens signed before a rotation stay valid.
 */
export function signingKeys(source: { fetch: FetchKey; clock: () => Date }): SigningKeys {
  const versions = secretVersions({ ...source, name: 'the secret that signs access tokens' });
  return {
    async current() {
      const [current] = await versions();
      return current;
    },
    async withId(id) {
      const known = (await versions()).find(key => key.id === id);
      return known ?? (await versions(MIN_MS_BETWEEN_FETCHES)).find(key => key.id === id);
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
