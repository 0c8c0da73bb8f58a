import { randomBytes } from 'node:crypto';
import { benchDependencies } from '../../bench/support/benchApi.ts';
import { tokenIssuer } from '../../domain/accounts/tokens.ts';
import type { PartnerRule } from '../../domain/partner.ts';
import { chatControl } from '../../ivs/chatControl.ts';
import { stageControl } from '../../ivs/stageControl.ts';
import { type IvsClients, userResources } from '../../ivs/userResources.ts';
import { createApi } from '../../lambdas/api/api.ts';
import type { HttpApp } from '../../lambdas/api/http/context.ts';
import { defaultLimits } from '../../model/rateLimit.ts';
import type { Database } from '../../store/database.ts';
import { cheapScrypt } from '../support/accounts.ts';
import { testAttachments } from '../support/attachments.ts';
import type { Answer, Sent } from './people.ts';

const STACK = 'UGC-faults';

// A threshold of two, so that most histories with follows make a partner.
export const partner: PartnerRule = { followers: 2, followerAgeDays: 0 };

// Thousands of histories share the tables and one hour of the clock, so limits of networks and of the stack
// are off.
const most = { address: 1e9, subnet: 1e9, site: 1e9, stack: 1e9 };
const ample = {
  ...defaultLimits,
  signUpsPerHour: most,
  guestChatTokensPerMinute: most,
  guestStageTokensPerMinute: most,
};

export interface AppOptions {
  readonly database: Database;
  readonly ivsClients: IvsClients;
  readonly clock: () => Date;
  /** The key that signs access tokens. */
  readonly secret: Uint8Array;
}

/** The functions that make, list and delete the IVS resources of this app. */
export const resourcesOf = ({ ivsClients, clock }: Pick<AppOptions, 'ivsClients' | 'clock'>) =>
  userResources(ivsClients, { stackName: STACK, clock }, testAttachments);

/** The whole HTTP API, with cheap password hashes. */
export function appOf({ database, ivsClients, clock, secret }: AppOptions): HttpApp {
  const key = { id: 'faults', secret };
  const tokens = tokenIssuer({ keys: { current: async () => key, withId: async () => key }, clock });
  const silent = () => {};
  return createApi(
    benchDependencies(database, {
      tokens,
      clock,
      resources: resourcesOf({ ivsClients, clock }),
      chat: chatControl(ivsClients.chat),
      stages: stageControl(ivsClients.realTime),
      partner,
      limits: ample,
      scrypt: cheapScrypt,
      // Histories cause many errors on purpose, and check the answers instead of the log.
      logger: { info: silent, warn: silent, error: silent },
    }),
  );
}

export const newSecret = () => new Uint8Array(randomBytes(32));

/** Sends a request to `app` from `sourceIp`. */
export async function ask(app: HttpApp, sent: Sent, sourceIp: string): Promise<Answer> {
  const { method, path, token, body, idempotencyKey } = sent;
  const response = await app.request(
    path,
    {
      method,
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    },
    { requestContext: { requestId: 'faults', http: { sourceIp } } },
  );
  const retryAfter = response.headers.get('Retry-After');
  return {
    status: response.status,
    retryAfter: retryAfter === null ? undefined : Number(retryAfter),
    text: await response.text(),
  };
}
