import { randomBytes } from 'node:crypto';
import { loadedWhenCalled } from '../../../ivs/loadedWhenCalled.ts';
import { databaseFrom } from '../../../store/database.ts';
import { chatEndpointFrom, recordingsUrlFrom } from '../http/environment.ts';
import { resourceHandler } from '../http/lambda.ts';
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
  'rateLimits',
  'sessions',
]);

const chat = chatApp({
  database,
  chat: loadedWhenCalled(async () => {
    const { chatControl } = await import('../../../ivs/chatControl.ts');
    return chatControl();
  }),
  chatEndpoint: chatEndpointFrom(process.env),
  cursors: cursorsFrom(process.env),
  recordingsUrl: recordingsUrlFrom(process.env),
  clock,
  random: randomBytes,
  guards: guardsFrom(process.env, { database }),
});

/** Serves chat tokens, bans, blocked terms and the deletion of messages. Called by API Gateway. */
export const handler = resourceHandler(chat);
