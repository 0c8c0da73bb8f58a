import { randomBytes } from 'node:crypto';
import { limit } from '../../../domain/accounts/rateLimit.ts';
import type { Sessions } from '../../../domain/accounts/sessions.ts';
import type { StepUp } from '../../../domain/accounts/stepUp.ts';
import { answerOnce } from '../../../domain/idempotency.ts';
import type { LimitSettings } from '../../../model/rateLimit.ts';
import type { Database } from '../../../store/database.ts';
import type { TokenVerifier } from './auth.ts';
import type { Guards } from './guards.ts';
import type { Logger } from './logger.ts';

export interface GuardDependencies {
  /** With `idempotency` as well, for a resource that has creates. */
  readonly database: Database<'rateLimits'> | Database<'rateLimits' | 'idempotency'>;
  readonly tokens: TokenVerifier;
  readonly clock: () => Date;
  readonly logger: Logger;
  readonly limits: LimitSettings;
  /** Of a resource whose routes answer with sign-ins. */
  readonly sessions?: Pick<Sessions, 'isGood'>;
  /** Of a resource that has routes with a step-up. */
  readonly stepUp?: StepUp;
}

export function guardsWith({
  database,
  tokens,
  clock,
  logger,
  limits,
  sessions,
  stepUp,
}: GuardDependencies): Guards {
  const onLostAnswer = (error: unknown) =>
    logger.warn('the answer to a create was given and could not be kept', { error });
  return {
    tokens,
    limit: limit({ database, clock, settings: limits }),
    sessions,
    stepUp,
    answerOnce: keepsAnswers(database)
      ? answerOnce({ database, clock, random: randomBytes, onLostAnswer })
      : undefined,
  };
}

function keepsAnswers(
  database: GuardDependencies['database'],
): database is Database<'rateLimits' | 'idempotency'> {
  return 'idempotency' in database.names;
}
