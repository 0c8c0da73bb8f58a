import { randomBytes } from 'node:crypto';
import { accounts } from '../../../domain/accounts/accounts.ts';
import { deletionTables } from '../../../domain/accounts/deletionRows.ts';
import { loadedWhenCalled } from '../../../ivs/loadedWhenCalled.ts';
import { databaseFrom } from '../../../store/database.ts';
import { imageBucketFrom } from '../../../store/imageBucket.ts';
import { attachmentsFrom, chatEndpointFrom, recordingsUrlFrom, stackNameFrom } from '../http/environment.ts';
import { resourceHandler } from '../http/lambda.ts';
import { refreshCookie } from '../http/refreshCookie.ts';
import { guardsFrom } from '../http/resourceGuards.ts';
import { tokensFrom } from '../http/tokenSecret.ts';
import { usersApp } from './app.ts';

const clock = () => new Date();
const database = databaseFrom(process.env, [...deletionTables, 'rateLimits', 'idempotency']);
const tokens = tokensFrom(process.env, clock);
const tagging = { stackName: stackNameFrom(process.env), clock };
const attachments = attachmentsFrom(process.env);
const account = accounts({ database, tokens, clock, random: randomBytes });

const users = usersApp({
  ...account,
  database,
  resources: loadedWhenCalled(async () => {
    const { ivsClients, userResources } = await import('../../../ivs/userResources.ts');
    return userResources(ivsClients(), tagging, attachments);
  }),
  stages: loadedWhenCalled(async () => {
    const { stageControl } = await import('../../../ivs/stageControl.ts');
    return stageControl();
  }),
  chatEndpoint: chatEndpointFrom(process.env),
  recordingsUrl: recordingsUrlFrom(process.env),
  bucket: imageBucketFrom(process.env, database),
  clock,
  random: randomBytes,
  guards: guardsFrom(process.env, { database, tokens, ...account, refreshCookie }),
});

/** Serves sign-up, the caller's profile, and account deletion. Called by API Gateway. */
export const handler = resourceHandler(users);
