import { randomBytes } from 'node:crypto';
import { ingestMetrics } from '../../../ivs/ingestMetrics.ts';
import { databaseFrom } from '../../../store/database.ts';
import { limitsFrom } from '../http/environment.ts';
import { lambdaLogger as logger, resourceHandler } from '../http/lambda.ts';
import { guardsFrom } from '../http/resourceGuards.ts';
import { viewerTokensFrom } from '../http/secrets.ts';
import { viewersApp } from './app.ts';

const clock = () => new Date();
const limits = limitsFrom(process.env);
const database = databaseFrom(process.env, [
  'channels',
  'streams',
  'metrics',
  'viewerSamples',
  'chatMessages',
  'usernames',
  'rateLimits',
  'users',
  'sessions',
]);

const viewers = viewersApp({
  database,
  viewerTokens: viewerTokensFrom(process.env),
  clock,
  random: randomBytes,
  limits,
  ingest: ingestMetrics(database.client.config, process.env),
  logger,
  guards: guardsFrom(process.env, { database }),
});

/** Serves viewer numbers and playback metrics. Called by API Gateway. */
export const handler = resourceHandler(viewers);
