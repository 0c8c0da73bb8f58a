import { randomBytes } from 'node:crypto';
import { limit } from '../../../domain/accounts/rateLimit.ts';
import type { Sessions } from '../../../domain/accounts/sessions.ts';
import { signInChecks } from '../../../domain/accounts/signInChecks.ts';
import type { StepUp } from '../../../domain/accounts/stepUp.ts';
import { answerOnce } from '../../../domain/idempotency.ts';
import type { Log } from '../../../model/log.ts';
import type { LimitSettings } from '../../../model/rateLimit.ts';
import type { TableName } from '../../../model/tables.ts';
import { toTimestamp } from '../../../model/time.ts';
import type { Database } from '../../../store/database.ts';
import { newNameOf } from '../../../store/usernames.ts';
import type { TokenVerifier } from './auth.ts';
import type { IsOriginSecret } from './context.ts';
import { type Environment, limitsFrom } from './environment.ts';
import type { Guards } from './guards.ts';
import { lambdaLogger } from './lambda.ts';
import { originSecretFrom } from './originSecret.ts';
import { tokensFrom } from './tokenSecret.ts';

export interface GuardDependencies {
  /**
   * Includes `users` and `sessions` for a resource with routes for users, `idempotency` for one with idempotent routes, and
   * `usernames` for one with names in its paths.
   */
  readonly database: Database<'rateLimits'>;
  readonly tokens: TokenVerifier;
  readonly clock: () => Date;
  readonly logger: Log;
  readonly limits: LimitSettings;
  /** Where CloudFront is in front of the API. */
  readonly isOriginSecret?: IsOriginSecret | undefined;
  /** For a resource whose routes return sign-ins. */
  readonly sessions?: Pick<Sessions, 'isGood'>;
  /** For a resource whose routes return or end sign-ins. */
  readonly refreshCookie?: Guards['refreshCookie'];
  /** For a resource with step-up routes. */
  readonly stepUp?: StepUp;
}

/**
 * Creates the guards of a resource. This file is separate from `guards.ts`, which every function loads,
 * because it imports the DynamoDB client.
 */
export function guardsWith({
  database,
  tokens,
  clock,
  logger,
  limits,
  isOriginSecret,
  sessions,
  refreshCookie,
  stepUp,
}: GuardDependencies): Guards {
  const onLostAnswer = (error: unknown) =>
    logger.warn('the response to a create was sent, but could not be stored for its Idempotency-Key', {
      error,
    });
  return {
    tokens,
    isOriginSecret,
    limit: limit({ database, clock, settings: limits }),
    checkSignIn:
      has(database, 'sessions') && has(database, 'users') ? signInChecks({ database, clock }) : undefined,
    sessions,
    refreshCookie,
    stepUp,
    answerOnce: has(database, 'idempotency')
      ? answerOnce({ database, clock, random: randomBytes, onLostAnswer })
      : undefined,
    newNameOf: has(database, 'usernames')
      ? username => newNameOf(database, username, toTimestamp(clock()))
      : undefined,
  };
}

function has<Name extends TableName>(
  database: GuardDependencies['database'],
  table: Name,
): database is Database<'rateLimits' | Name> {
  return table in database.names;
}

/**
 * Creates the guards of one resource from the environment of its function.
 * @throws Error that names the first variable that is missing or not valid.
 */
export function guardsFrom(
  environment: Environment,
  dependencies: Pick<GuardDependencies, 'database' | 'sessions' | 'refreshCookie' | 'stepUp'> & {
    readonly tokens?: TokenVerifier;
  },
): Guards {
  const clock = () => new Date();
  return guardsWith({
    clock,
    logger: lambdaLogger,
    limits: limitsFrom(environment),
    isOriginSecret: originSecretFrom(environment, { clock, logger: lambdaLogger }),
    ...dependencies,
    tokens: dependencies.tokens ?? tokensFrom(environment, clock),
  });
}
