import { randomBytes } from 'node:crypto';
import { accounts } from '../../../domain/accounts/accounts.ts';
import { databaseFrom } from '../../../store/database.ts';
import { resourceHandler } from '../http/lambda.ts';
import { refreshCookie } from '../http/refreshCookie.ts';
import { guardsFrom } from '../http/resourceGuards.ts';
import { cursorsFrom } from '../http/secrets.ts';
import { tokensFrom } from '../http/tokenSecret.ts';
import { sessionsApp } from './app.ts';

const clock = () => new Date();
const database = databaseFrom(process.env, ['users', 'usernames', 'sessions', 'rateLimits', 'idempotency']);
const tokens = tokensFrom(process.env, clock);
const account = accounts({ database, tokens, clock, random: randomBytes });
const guards = guardsFrom(process.env, { database, tokens, ...account, refreshCookie });
const app = sessionsApp({ guards, ...account, database, cursors: cursorsFrom(process.env), clock });

/** Serves sign-in, refresh, step-up, sign-out and the list of sign-ins. Called by API Gateway. */
export const handler = resourceHandler(app);
