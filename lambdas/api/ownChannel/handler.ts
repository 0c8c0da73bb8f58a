import { randomBytes } from 'node:crypto';
import { stepUp } from '../../../domain/accounts/stepUp.ts';
import { channelResources, ivsClient } from '../../../ivs/channelResources.ts';
import { httpApp } from '../http/app.ts';
import { databaseFrom } from '../http/database.ts';
import { allowedOriginsFrom, limitsFrom, recordingsUrlFrom, stackNameFrom } from '../http/environment.ts';
import { guardsWith } from '../http/guardsWith.ts';
import { lambdaHandler } from '../http/lambda.ts';
import { lambdaLogger as logger } from '../http/logger.ts';
import { tokensFrom } from '../http/tokenSecret.ts';
import { ownChannelApp } from './app.ts';

const clock = () => new Date();
const database = databaseFrom(process.env, [
  'channels',
  'streams',
  'categories',
  'rateLimits',
  'idempotency',
  'users',
  'sessions',
]);

const ownChannel = ownChannelApp({
  database,
  resources: channelResources(ivsClient(), { stackName: stackNameFrom(process.env), clock }),
  clock,
  random: randomBytes,
  recordingsUrl: recordingsUrlFrom(process.env),
  guards: guardsWith({
    stepUp: stepUp({ database, clock }),
    database,
    tokens: tokensFrom(process.env),
    clock,
    logger,
    limits: limitsFrom(process.env),
  }),
});

/** What owners do with their channels. Called by API Gateway. */
export const handler = lambdaHandler(
  httpApp({ logger, allowedOrigins: allowedOriginsFrom(process.env) }, [ownChannel]),
);
