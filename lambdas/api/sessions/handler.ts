import { randomBytes } from 'node:crypto';
import { accounts } from '../../../domain/accounts/accounts.ts';
import { httpApp } from '../http/app.ts';
import { databaseFrom } from '../http/database.ts';
import { allowedOriginsFrom, limitsFrom } from '../http/environment.ts';
import { guardsWith } from '../http/guardsWith.ts';
import { lambdaHandler } from '../http/lambda.ts';
import { lambdaLogger as logger } from '../http/logger.ts';
import { tokensFrom } from '../http/tokenSecret.ts';
import { sessionsApp } from './app.ts';

const clock = () => new Date();
const database = databaseFrom(process.env, ['users', 'usernames', 'sessions', 'rateLimits', 'idempotency']);
const tokens = tokensFrom(process.env, clock);
const account = accounts({ database, tokens, clock, random: randomBytes });
const guards = guardsWith({ database, tokens, clock, logger, limits: limitsFrom(process.env), ...account });
const app = sessionsApp({ guards, ...account });

/** Signing in and out, and refreshing. Called by API Gateway. */
export const handler = lambdaHandler(
  httpApp({ logger, allowedOrigins: allowedOriginsFrom(process.env) }, [app]),
);
