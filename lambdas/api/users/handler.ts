import { randomBytes } from 'node:crypto';
import { accounts } from '../../../domain/accounts/accounts.ts';
import { deletionTables } from '../../../domain/accounts/deletionRows.ts';
import { ivsClients, userResources } from '../../../ivs/userResources.ts';
import { httpApp } from '../http/app.ts';
import { databaseFrom } from '../http/database.ts';
import {
  allowedOriginsFrom,
  attachmentsFrom,
  chatEndpointFrom,
  limitsFrom,
  stackNameFrom,
} from '../http/environment.ts';
import { guardsWith } from '../http/guardsWith.ts';
import { lambdaHandler } from '../http/lambda.ts';
import { lambdaLogger as logger } from '../http/logger.ts';
import { tokensFrom } from '../http/tokenSecret.ts';
import { usersApp } from './app.ts';

const clock = () => new Date();
const database = databaseFrom(process.env, [...deletionTables, 'rateLimits', 'idempotency']);
const tokens = tokensFrom(process.env, clock);
const account = accounts({ database, tokens, clock, random: randomBytes });

const users = usersApp({
  ...account,
  database,
  resources: userResources(
    ivsClients(),
    { stackName: stackNameFrom(process.env), clock },
    attachmentsFrom(process.env),
  ),
  chatEndpoint: chatEndpointFrom(process.env),
  clock,
  random: randomBytes,
  guards: guardsWith({ database, tokens, clock, logger, limits: limitsFrom(process.env), ...account }),
});

/** Signing up, one's own profile, and the end of it. Called by API Gateway. */
export const handler = lambdaHandler(
  httpApp({ logger, allowedOrigins: allowedOriginsFrom(process.env) }, [users]),
);
