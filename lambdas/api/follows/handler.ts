import { partnerRuleFrom } from '../../../domain/partner.ts';
import { channelResources, ivsClient } from '../../../ivs/channelResources.ts';
import { httpApp } from '../http/app.ts';
import { databaseFrom } from '../http/database.ts';
import { allowedOriginsFrom, limitsFrom, recordingsUrlFrom, stackNameFrom } from '../http/environment.ts';
import { guardsWith } from '../http/guardsWith.ts';
import { lambdaHandler } from '../http/lambda.ts';
import { lambdaLogger as logger } from '../http/logger.ts';
import { cursorsFrom } from '../http/secrets.ts';
import { tokensFrom } from '../http/tokenSecret.ts';
import { followsApp } from './app.ts';

const clock = () => new Date();
const database = databaseFrom(process.env, ['follows', 'channels', 'users', 'rateLimits']);

const follows = followsApp({
  database,
  cursors: cursorsFrom(process.env),
  recordingsUrl: recordingsUrlFrom(process.env),
  resources: channelResources(ivsClient(), { stackName: stackNameFrom(process.env), clock }),
  partner: partnerRuleFrom(process.env),
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

/** Follows, and the partners they make. Called by API Gateway. */
export const handler = lambdaHandler(
  httpApp({ logger, allowedOrigins: allowedOriginsFrom(process.env) }, [follows]),
);
