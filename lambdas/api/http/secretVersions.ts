import type { SigningKey } from '../../../domain/accounts/jwt.ts';
import type { FetchKey } from './secretsManager.ts';

// After a rotation, every running Lambda uses the new version within this time.
const CACHE_MS = 5 * 60_000;
/** Requests with a secret or key id that is unknown can be forged, so they must not cause a fetch each. */
export const MIN_MS_BETWEEN_FETCHES = 10_000;

/** Returns the current version and, if there is one, the previous version, as they were at most `ms` ago. */
export type SecretVersions = (ms?: number) => Promise<readonly [SigningKey, ...SigningKey[]]>;

export interface SecretSource {
  readonly fetch: FetchKey;
  readonly clock: () => Date;
  /** What the secret is, for error messages. */
  readonly name: string;
}

/**
 * Caches the versions of a secret for five minutes. They are fetched at the first use. If a later fetch fails, the
 * cached versions stay in use.
 */
export function secretVersions({ fetch, clock, name }: SecretSource): SecretVersions {
  type Versions = Awaited<ReturnType<SecretVersions>>;
  let cached: { readonly versions: Versions; readonly at: number } | undefined;
  let fetching: Promise<Versions> | undefined;

  const fetchAll = async (): Promise<Versions> => {
    const [current, previous] = await Promise.all([fetch('AWSCURRENT'), fetch('AWSPREVIOUS')]);
    if (current === undefined) throw new Error(`${name} has no current version`);
    const versions: Versions = previous === undefined ? [current] : [current, previous];
    cached = { versions, at: clock().getTime() };
    return versions;
  };
  // Concurrent calls share one fetch.
  const fresh = () => {
    fetching ??= fetchAll().finally(() => {
      fetching = undefined;
    });
    return fetching;
  };
  return async (ms = CACHE_MS) => {
    if (cached !== undefined && clock().getTime() - cached.at < ms) return cached.versions;
    try {
      return await fresh();
    } catch (error) {
      if (cached === undefined) throw error;
      // Wait before the next fetch, otherwise every request would wait for the failing service.
      cached = { ...cached, at: clock().getTime() - CACHE_MS + MIN_MS_BETWEEN_FETCHES };
      return cached.versions;
    }
  };
}
