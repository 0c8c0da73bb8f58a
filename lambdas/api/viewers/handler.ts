import { randomBytes } from 'node:crypto';
import { httpApp } from '../http/app.ts';
import { databaseFrom } from '../http/database.ts';
import { allowedOriginsFrom, limitsFrom } from '../http/environment.ts';
import { guardsWith } from '../http/guardsWith.ts';
import { lambdaHandler } from '../http/lambda.ts';
import { lambdaLogger as logger } from '../http/logger.ts';
import { viewerTokensFrom } from '../http/secrets.ts';
import { tokensFrom } from '../http/tokenSecret.ts';
import { viewersApp } from './app.ts';

const clock = () => new Date();
const limits = limitsFrom(process.env);
const database = databaseFrom(process.env, [
  'channels',
  'streams',
  'metrics',
  'viewerSamples',
  'chatMessages',
  'rateLimits',
]);

const viewers = viewersApp({
  database,
  viewerTokens: viewerTokensFrom(process.env),
  clock,
  random: randomBytes,
  limits,
  guards: guardsWith({
    database,
    tokens: tokensFrom(process.env),
    clock,
    logger,
    limits: limitsFrom(process.env),
  }),
});

/** Who watches, and how it plays. Called by API Gateway. */
export const handler = lambdaHandler(
  httpApp({ logger, allowedOrigins: allowedOriginsFrom(process.env) }, [viewers]),
);
