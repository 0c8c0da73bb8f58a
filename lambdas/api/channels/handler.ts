import { httpApp } from '../http/app.ts';
import { databaseFrom } from '../http/database.ts';
import { allowedOriginsFrom, recordingsUrlFrom } from '../http/environment.ts';
import { lambdaHandler } from '../http/lambda.ts';
import { lambdaLogger } from '../http/logger.ts';
import { cursorsFrom } from '../http/secrets.ts';
import { channelsApp } from './app.ts';

const channels = channelsApp({
  database: databaseFrom(process.env, ['channels', 'streams']),
  cursors: cursorsFrom(process.env),
  recordingsUrl: recordingsUrlFrom(process.env),
});

/** The directory and channels' pages. Called by API Gateway. */
export const handler = lambdaHandler(
  httpApp({ logger: lambdaLogger, allowedOrigins: allowedOriginsFrom(process.env) }, [channels]),
);
