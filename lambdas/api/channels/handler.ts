import { databaseFrom } from '../../../store/database.ts';
import { recordingsUrlFrom } from '../http/environment.ts';
import { resourceHandler } from '../http/lambda.ts';
import { cursorsFrom } from '../http/secrets.ts';
import { channelsApp } from './app.ts';

const channels = channelsApp({
  database: databaseFrom(process.env, ['channels', 'streams']),
  cursors: cursorsFrom(process.env),
  recordingsUrl: recordingsUrlFrom(process.env),
});

/** Serves the list of live channels and the channels. Called by API Gateway. */
export const handler = resourceHandler(channels);
