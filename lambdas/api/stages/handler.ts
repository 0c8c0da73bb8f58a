import { loadedWhenCalled } from '../../../ivs/loadedWhenCalled.ts';
import { databaseFrom } from '../../../store/database.ts';
import { recordingsUrlFrom } from '../http/environment.ts';
import { lambdaLogger as logger, resourceHandler } from '../http/lambda.ts';
import { guardsFrom } from '../http/resourceGuards.ts';
import { cursorsFrom } from '../http/secrets.ts';
import { stagesApp } from './app.ts';

const clock = () => new Date();
const database = databaseFrom(process.env, [
  'channels',
  'stages',
  'stageTokens',
  'stageRequests',
  'bans',
  'users',
  'usernames',
  'rateLimits',
  'sessions',
]);

const stages = stagesApp({
  database,
  cursors: cursorsFrom(process.env),
  stages: loadedWhenCalled(async () => {
    const { stageControl } = await import('../../../ivs/stageControl.ts');
    return stageControl();
  }),
  chat: loadedWhenCalled(async () => {
    const { chatControl } = await import('../../../ivs/chatControl.ts');
    return chatControl();
  }),
  recordingsUrl: recordingsUrlFrom(process.env),
  clock,
  logger,
  guards: guardsFrom(process.env, { database }),
});

/** Serves stages and their invitations. Called by API Gateway. */
export const handler = resourceHandler(stages);
