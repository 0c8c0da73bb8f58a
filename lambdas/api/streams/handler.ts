import { httpApp } from '../http/app.ts';
import { databaseFrom } from '../http/database.ts';
import { allowedOriginsFrom, limitsFrom, recordingsUrlFrom } from '../http/environment.ts';
import { guardsWith } from '../http/guardsWith.ts';
import { lambdaHandler } from '../http/lambda.ts';
import { lambdaLogger as logger } from '../http/logger.ts';
import { cursorsFrom } from '../http/secrets.ts';
import { tokensFrom } from '../http/tokenSecret.ts';
import { streamsApp } from './app.ts';

const clock = () => new Date();
const database = databaseFrom(process.env, [
  'channels',
  'streams',
  'streamEvents',
  'chatMessages',
  'rateLimits',
]);

const streams = streamsApp({
  database,
  cursors: cursorsFrom(process.env),
  recordingsUrl: recordingsUrlFrom(process.env),
  clock,
  guards: guardsWith({
    database,
    tokens: tokensFrom(process.env, clock),
    clock,
    logger,
    limits: limitsFrom(process.env),
  }),
});

/** Channels' streams, past and present: their recordings, chat and timelines. Called by API Gateway. */
export const handler = lambdaHandler(
  httpApp({ logger, allowedOrigins: allowedOriginsFrom(process.env) }, [streams]),
);
