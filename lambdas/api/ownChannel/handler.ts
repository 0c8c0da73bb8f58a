import { randomBytes } from 'node:crypto';
import { stepUp } from '../../../domain/accounts/stepUp.ts';
import { loadedWhenCalled } from '../../../ivs/loadedWhenCalled.ts';
import { databaseFrom } from '../../../store/database.ts';
import { recordingsUrlFrom, shownSinceFrom, stackNameFrom } from '../http/environment.ts';
import { resourceHandler } from '../http/lambda.ts';
import { guardsFrom } from '../http/resourceGuards.ts';
import { ownChannelApp } from './app.ts';

const clock = () => new Date();
const tagging = { stackName: stackNameFrom(process.env), clock };
const database = databaseFrom(process.env, [
  'channels',
  'streams',
  'categories',
  'rateLimits',
  'idempotency',
  'users',
  'sessions',
  'usernames',
]);

const ownChannel = ownChannelApp({
  database,
  resources: loadedWhenCalled(async () => {
    const { channelResources, ivsClient } = await import('../../../ivs/channelResources.ts');
    return channelResources(ivsClient(), tagging);
  }),
  clock,
  random: randomBytes,
  recordingsUrl: recordingsUrlFrom(process.env),
  shownSince: shownSinceFrom(process.env, clock),
  guards: guardsFrom(process.env, { database, stepUp: stepUp({ database, clock }) }),
});

/** Serves the actions of a channel's owner. Called by API Gateway. */
export const handler = resourceHandler(ownChannel);
