import { IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime';
import { IvschatClient } from '@aws-sdk/client-ivschat';
import { chatControl } from '../../../ivs/chatControl.ts';
import { oneTry, whenUsed } from '../../../ivs/clientSettings.ts';
import { stageControl } from '../../../ivs/stageControl.ts';
import { databaseFrom } from '../../../store/database.ts';
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
]);

const stages = stagesApp({
  database,
  cursors: cursorsFrom(process.env),
  stages: stageControl(whenUsed(() => new IVSRealTimeClient(oneTry))),
  chat: chatControl(whenUsed(() => new IvschatClient(oneTry))),
  clock,
  logger,
  guards: guardsFrom(process.env, { database }),
});

/** Serves stages and their invitations. Called by API Gateway. */
export const handler = resourceHandler(stages);
