import { databaseFrom } from '../../../store/database.ts';
import { recordingsUrlFrom, shownSinceFrom } from '../http/environment.ts';
import { resourceHandler } from '../http/lambda.ts';
import { guardsFrom } from '../http/resourceGuards.ts';
import { cursorsFrom } from '../http/secrets.ts';
import { streamsApp } from './app.ts';

const clock = () => new Date();
const database = databaseFrom(process.env, [
  'channels',
  'streams',
  'streamEvents',
  'chatMessages',
  'usernames',
  'rateLimits',
  'users',
  'sessions',
]);

const streams = streamsApp({
  database,
  cursors: cursorsFrom(process.env),
  recordingsUrl: recordingsUrlFrom(process.env),
  shownSince: shownSinceFrom(process.env, clock),
  clock,
  guards: guardsFrom(process.env, { database }),
});

/** Serves the streams of channels with their recordings, chat and events. Called by API Gateway. */
export const handler = resourceHandler(streams);
