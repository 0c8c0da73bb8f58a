import { randomBytes } from 'node:crypto';
import { accounts } from '../../../domain/accounts/accounts.ts';
import { databaseFrom } from '../../../store/database.ts';
import { mailerFrom } from '../../../store/mailer.ts';
import { lambdaLogger as logger, resourceHandler } from '../http/lambda.ts';
import { refreshCookie } from '../http/refreshCookie.ts';
import { guardsFrom } from '../http/resourceGuards.ts';
import { tokensFrom } from '../http/tokenSecret.ts';
import { emailApp } from './app.ts';

const clock = () => new Date();
const database = databaseFrom(process.env, [
  'users',
  'usernames',
  'sessions',
  'emailAddresses',
  'emailCodes',
  'rateLimits',
]);
const tokens = tokensFrom(process.env, clock);
const account = accounts({ database, tokens, clock, random: randomBytes });

const email = emailApp({
  ...account,
  database,
  mailer: mailerFrom(process.env),
  clock,
  random: randomBytes,
  logger,
  guards: guardsFrom(process.env, { database, tokens, ...account, refreshCookie }),
});

/** Serves users' e-mail addresses, and new passwords for those who lost theirs. Called by API Gateway. */
export const handler = resourceHandler(email);
