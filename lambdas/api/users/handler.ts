import { randomBytes } from 'node:crypto';
import { accounts } from '../../../domain/accounts/accounts.ts';
import { deletionTables } from '../../../domain/accounts/deletionRows.ts';
import { stageControl } from '../../../ivs/stageControl.ts';
import { ivsClients, userResources } from '../../../ivs/userResources.ts';
import { databaseFrom } from '../../../store/database.ts';
import { attachmentsFrom, chatEndpointFrom, stackNameFrom } from '../http/environment.ts';
import { resourceHandler } from '../http/lambda.ts';
import { refreshCookie } from '../http/refreshCookie.ts';
import { guardsFrom } from '../http/resourceGuards.ts';
import { tokensFrom } from '../http/tokenSecret.ts';
import { usersApp } from './app.ts';

const clock = () => new Date();
const database = databaseFrom(process.env, [...deletionTables, 'rateLimits', 'idempotency']);
const tokens = tokensFrom(process.env, clock);
const clients = ivsClients();
const account = accounts({ database, tokens, clock, random: randomBytes });

const users = usersApp({
  ...account,
  database,
  resources: userResources(
    clients,
    { stackName: stackNameFrom(process.env), clock },
    attachmentsFrom(process.env),
  ),
  stages: stageControl(clients.realTime),
  chatEndpoint: chatEndpointFrom(process.env),
  clock,
  random: randomBytes,
  guards: guardsFrom(process.env, { database, tokens, ...account, refreshCookie }),
});

/** Serves sign-up, the caller's profile, and account deletion. Called by API Gateway. */
export const handler = resourceHandler(users);
