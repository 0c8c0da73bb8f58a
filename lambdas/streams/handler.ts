import { httpApp } from '../http/app.ts';
import { databaseFrom } from '../http/database.ts';
import { allowedOriginsFrom } from '../http/environment.ts';
import { lambdaHandler } from '../http/lambda.ts';
import { lambdaLogger } from '../http/logger.ts';
import { cursorsFrom } from '../http/secrets.ts';
import { streamsApp } from './app.ts';

const streams = streamsApp({
  database: databaseFrom(process.env, ['channels', 'streams']),
  cursors: cursorsFrom(process.env),
});

/** Channels' streams, past and present. Called by API Gateway. */
export const handler = lambdaHandler(
  httpApp({ logger: lambdaLogger, allowedOrigins: allowedOriginsFrom(process.env) }, [streams]),
);
