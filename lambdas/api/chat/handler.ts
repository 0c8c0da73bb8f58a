import { randomBytes } from 'node:crypto';
import { loadedWhenCalled } from '../../../ivs/loadedWhenCalled.ts';
import { databaseFrom } from '../../../store/database.ts';
import { chatEndpointFrom, recordingsUrlFrom } from '../http/environment.ts';
import { lambdaLogger as logger, resourceHandler } from '../http/lambda.ts';
import { guardsFrom } from '../http/resourceGuards.ts';
import { cursorsFrom } from '../http/secrets.ts';
import { chatApp } from './app.ts';

const clock = () => new Date();
const database = databaseFrom(process.env, [
  'channels',
  'chatRooms',
  'usernames',
  'users',
  'bans',
  'moderators',
  'audit',
  'stages',
  'stageTokens',
  'stageRequests',
  'rateLimits',
  'sessions',
]);

const chat = chatApp({
  database,
  chat: loadedWhenCalled(async () => {
    const { chatControl } = await import('../../../ivs/chatControl.ts');
    return chatControl();
  }),
  stages: loadedWhenCalled(async () => {
    const { stageControl } = await import('../../../ivs/stageControl.ts');
    return stageControl();
  }),
  chatEndpoint: chatEndpointFrom(process.env),
  cursors: cursorsFrom(process.env),
  recordingsUrl: recordingsUrlFrom(process.env),
  clock,
  logger,
  random: randomBytes,
  guards: guardsFrom(process.env, { database }),
});

/** Serves chat tokens and the moderation of channels. Called by API Gateway. */
export const handler = resourceHandler(chat);
