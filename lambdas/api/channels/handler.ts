import { databaseFrom } from '../../../store/database.ts';
import { recordingsUrlFrom } from '../http/environment.ts';
import { resourceHandler } from '../http/lambda.ts';
import { guardsFrom } from '../http/resourceGuards.ts';
import { cursorsFrom } from '../http/secrets.ts';
import { channelsApp } from './app.ts';

const database = databaseFrom(process.env, [
  'channels',
  'rankings',
  'streams',
  'follows',
  'bans',
  'moderators',
  'usernames',
  'rateLimits',
  'users',
  'sessions',
]);

const channels = channelsApp({
  database,
  cursors: cursorsFrom(process.env),
  recordingsUrl: recordingsUrlFrom(process.env),
  clock: () => new Date(),
  guards: guardsFrom(process.env, { database }),
});

/** Serves the list of live channels and the channels. Called by API Gateway. */
export const handler = resourceHandler(channels);
