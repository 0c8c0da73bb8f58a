import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import {
  type SigningKey,
  type SigningKeys,
  type TokenIssuer,
  tokenIssuer,
} from '../../../domain/accounts/tokens.ts';
import { type Environment, tokenSecretIdFrom } from './environment.ts';
import { requestBudget } from './requestBudget.ts';

/** The versions of the secret whose tokens are good: those signed before a rotation outlive it. */
type Stage = 'AWSCURRENT' | 'AWSPREVIOUS';

/** Reads one version of the secret; undefined when there is none, as before the first rotation. */
export type FetchKey = (stage: Stage) => Promise<SigningKey | undefined>;

// A rotated secret signs new tokens at most so much later, in every Lambda that is running.
const KEPT_MS = 5 * 60_000;
// A forged token can name any key: asking for it must not cost a request each time.
const LEAST_MS_BETWEEN_FETCHES = 10_000;

/**
 * The keys that sign access tokens, kept for five minutes. A key that is not known is asked for once more: another
 * Lambda may have begun to sign with it. When they cannot be fetched, those that are there go on being used.
 */
export function signingKeys({ fetch, clock }: { fetch: FetchKey; clock: () => Date }): SigningKeys {
  let kept: { readonly keys: readonly SigningKey[]; readonly at: number } | undefined;
  let fetching: Promise<readonly SigningKey[]> | undefined;

  const fetchAll = async () => {
    const [current, previous] = await Promise.all([fetch('AWSCURRENT'), fetch('AWSPREVIOUS')]);
    if (current === undefined) throw new Error('the secret that signs access tokens has no current version');
    kept = { keys: [current, ...(previous === undefined ? [] : [previous])], at: clock().getTime() };
    return kept.keys;
  };
  // Those who need them at the same time share one fetch.
  const fresh = () => {
    fetching ??= fetchAll().finally(() => {
      fetching = undefined;
    });
    return fetching;
  };
  const keysNotOlderThan = async (ms: number) => {
    if (kept !== undefined && clock().getTime() - kept.at < ms) return kept.keys;
    try {
      return await fresh();
    } catch (error) {
      if (kept === undefined) throw error;
      // Not asked for again with every request: each would wait as long.
      kept = { ...kept, at: clock().getTime() - KEPT_MS + LEAST_MS_BETWEEN_FETCHES };
      return kept.keys;
    }
  };

  return {
    async current() {
      const [current] = await keysNotOlderThan(KEPT_MS);
      if (current === undefined) throw new Error('there is always a current key');
      return current;
    },
    async withId(id) {
      const known = (await keysNotOlderThan(KEPT_MS)).find(key => key.id === id);
      return known ?? (await keysNotOlderThan(LEAST_MS_BETWEEN_FETCHES)).find(key => key.id === id);
    },
  };
}

/**
 * Access tokens signed with the secret that the environment names. It is fetched when the first one must be made or
 * checked.
 *
 * @throws Error that names the variable, when it is missing.
 */
export function tokensFrom(environment: Environment, clock: () => Date = () => new Date()): TokenIssuer {
  const fetch = fetchFrom(new SecretsManagerClient(requestBudget), tokenSecretIdFrom(environment));
  return tokenIssuer({ keys: signingKeys({ fetch, clock }), clock });
}

// HMAC-SHA-256 wants a key no shorter than its output (RFC 7518 section 3.2).
const MIN_LENGTH = 32;
const version = z.object({ VersionId: z.string(), SecretString: z.string() });

/** Reads the versions of the secret `id` from Secrets Manager. */
export function fetchFrom(client: SecretsManagerClient, id: string): FetchKey {
  return async stage => {
    try {
      const answer = await client.send(new GetSecretValueCommand({ SecretId: id, VersionStage: stage }));
      const { VersionId, SecretString } = version.parse(answer);
      if (SecretString.length < MIN_LENGTH)
        throw new Error(`the secret ${id} must be a string of at least ${MIN_LENGTH} characters`);
      return { id: VersionId, secret: new TextEncoder().encode(SecretString) };
    } catch (error) {
      // That is also what it says of a secret that is not there at all: then there is no current version either.
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  };
}
