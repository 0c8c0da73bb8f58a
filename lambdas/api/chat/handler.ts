import { randomBytes } from 'node:crypto';
import { IvschatClient } from '@aws-sdk/client-ivschat';
import { chatControl } from '../../../ivs/chatControl.ts';
import { oneTry } from '../../../ivs/clientSettings.ts';
import { httpApp } from '../http/app.ts';
import { databaseFrom } from '../http/database.ts';
import { allowedOriginsFrom, chatEndpointFrom, limitsFrom } from '../http/environment.ts';
import { guardsWith } from '../http/guardsWith.ts';
import { lambdaHandler } from '../http/lambda.ts';
import { lambdaLogger as logger } from '../http/logger.ts';
import { cursorsFrom } from '../http/secrets.ts';
import { tokensFrom } from '../http/tokenSecret.ts';
import { chatApp } from './app.ts';

const clock = () => new Date();
const database = databaseFrom(process.env, [
  'channels',
  'chatRooms',
  'usernames',
  'users',
  'bans',
  'rateLimits',
]);

const chat = chatApp({
  database,
  chat: chatControl(new IvschatClient(oneTry)),
  chatEndpoint: chatEndpointFrom(process.env),
  cursors: cursorsFrom(process.env),
  clock,
  random: randomBytes,
  guards: guardsWith({
    database,
    tokens: tokensFrom(process.env),
    clock,
    logger,
    limits: limitsFrom(process.env),
  }),
});

/** Chat rooms: who may do what in them. Called by API Gateway. */
export const handler = lambdaHandler(
  httpApp({ logger, allowedOrigins: allowedOriginsFrom(process.env) }, [chat]),
);
