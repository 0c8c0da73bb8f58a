import { createHash, timingSafeEqual } from 'node:crypto';
import { ORIGIN_SECRET_VARIABLE } from '../../../model/functionEnvironment.ts';
import type { Log } from '../../../model/log.ts';
import type { IsOriginSecret } from './context.ts';
import type { Environment } from './environment.ts';
import type { FetchKey } from './secretsManager.ts';
import { MIN_MS_BETWEEN_FETCHES, secretVersions } from './secretVersions.ts';

export interface OriginSecretDependencies {
  readonly fetch: FetchKey;
  readonly clock: () => Date;
  readonly logger: Pick<Log, 'warn'>;
}

// A client can send a wrong secret with each request.
const MS_BETWEEN_WARNINGS = 5 * 60_000;

/**
 * Accepts the current version of the secret and the one before it, because CloudFront gets a new version with the
 * next deployment only. A wrong secret causes one more fetch, because CloudFront may send a version that is newer
 * than the cached ones.
 */
export function originSecret({ fetch, clock, logger }: OriginSecretDependencies): IsOriginSecret {
  const versions = secretVersions({ fetch, clock, name: 'the secret that CloudFront sends' });
  let warnedAt = Number.NEGATIVE_INFINITY;
  return async text => {
    const isAmong = (all: Awaited<ReturnType<typeof versions>>) => {
      const digest = digestOf(text);
      // Every version is compared, so that the time says nothing about which one is equal.
      return all.map(known => timingSafeEqual(digestOf(known.secret), digest)).includes(true);
    };
    if (isAmong(await versions()) || isAmong(await versions(MIN_MS_BETWEEN_FETCHES))) return true;
    if (clock().getTime() - warnedAt >= MS_BETWEEN_WARNINGS) {
      warnedAt = clock().getTime();
      logger.warn('a request had a wrong origin secret, so the address of its connection counts', {});
    }
    return false;
  };
}

// Digests have one length, which the comparison needs.
const digestOf = (secret: string | Uint8Array) => createHash('sha256').update(secret).digest();

/**
 * Creates the check of the secret that is named in the environment, or returns undefined when none is. The secret is
 * fetched when the address of the first request is needed.
 */
export function originSecretFrom(
  environment: Environment,
  { clock, logger }: Omit<OriginSecretDependencies, 'fetch'>,
): IsOriginSecret | undefined {
  const id = environment[ORIGIN_SECRET_VARIABLE];
  if (!id) return undefined;
  const fetch: FetchKey = async stage => {
    const { fetchFrom, secretsManager } = await import('./secretsManager.ts');
    return fetchFrom(secretsManager(), id)(stage);
  };
  return originSecret({ fetch, clock, logger });
}
