import { partnerRuleFrom } from '../../../domain/partner.ts';
import { loadedWhenCalled } from '../../../ivs/loadedWhenCalled.ts';
import { databaseFrom } from '../../../store/database.ts';
import { recordingsUrlFrom, stackNameFrom } from '../http/environment.ts';
import { lambdaLogger as logger, resourceHandler } from '../http/lambda.ts';
import { guardsFrom } from '../http/resourceGuards.ts';
import { cursorsFrom } from '../http/secrets.ts';
import { followsApp } from './app.ts';

const clock = () => new Date();
const tagging = { stackName: stackNameFrom(process.env), clock };
const database = databaseFrom(process.env, [
  'follows',
  'channels',
  'users',
  'usernames',
  'rateLimits',
  'sessions',
]);

const follows = followsApp({
  database,
  cursors: cursorsFrom(process.env),
  recordingsUrl: recordingsUrlFrom(process.env),
  resources: loadedWhenCalled(async () => {
    const { channelResources, ivsClient } = await import('../../../ivs/channelResources.ts');
    return channelResources(ivsClient(), tagging);
  }),
  partner: partnerRuleFrom(process.env),
  clock,
  logger,
  guards: guardsFrom(process.env, { database }),
});

/** Serves follows and updates the partner status of channels. Called by API Gateway. */
export const handler = resourceHandler(follows);
