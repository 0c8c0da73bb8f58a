import { IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime';
import { IvschatClient } from '@aws-sdk/client-ivschat';
import { chatControl } from '../../../ivs/chatControl.ts';
import { oneTry } from '../../../ivs/clientSettings.ts';
import { stageControl } from '../../../ivs/stageControl.ts';
import { httpApp } from '../http/app.ts';
import { databaseFrom } from '../http/database.ts';
import { allowedOriginsFrom, limitsFrom } from '../http/environment.ts';
import { guardsWith } from '../http/guardsWith.ts';
import { lambdaHandler } from '../http/lambda.ts';
import { lambdaLogger as logger } from '../http/logger.ts';
import { tokensFrom } from '../http/tokenSecret.ts';
import { stagesApp } from './app.ts';

const clock = () => new Date();
const database = databaseFrom(process.env, ['channels', 'stages', 'stageTokens', 'users', 'rateLimits']);

const stages = stagesApp({
  database,
  stages: stageControl(new IVSRealTimeClient(oneTry)),
  chat: chatControl(new IvschatClient(oneTry)),
  clock,
  logger,
  guards: guardsWith({
    database,
    tokens: tokensFrom(process.env),
    clock,
    logger,
    limits: limitsFrom(process.env),
  }),
});

/** Stages and their guests. Called by API Gateway. */
export const handler = lambdaHandler(
  httpApp({ logger, allowedOrigins: allowedOriginsFrom(process.env) }, [stages]),
);
