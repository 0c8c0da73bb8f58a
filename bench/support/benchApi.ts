import { randomBytes } from 'node:crypto';
import { tokenIssuer } from '../../domain/accounts/tokens.ts';
import { cursorCodec } from '../../domain/cursors.ts';
import { shownSince } from '../../domain/recordings.ts';
import { viewerTokens } from '../../domain/viewers/viewerTokens.ts';
import { chatControl } from '../../ivs/chatControl.ts';
import { ingestMetrics } from '../../ivs/ingestMetrics.ts';
import { stageControl } from '../../ivs/stageControl.ts';
import { ivsClients, userResources } from '../../ivs/userResources.ts';
import type { ApiDependencies } from '../../lambdas/api/api.ts';
import { defaultLimits } from '../../model/rateLimit.ts';
import type { Database } from '../../store/database.ts';
import { imageBucket } from '../../store/imageBucket.ts';
import { testAttachments } from '../../test/support/attachments.ts';

const clock = () => new Date();
const key = { id: 'bench', secret: randomBytes(32) };
const secret = async () => 'a secret that is long enough for cursors';

/** The API's dependencies, without IVS unless `overrides` has it. Only errors are logged. */
export function benchDependencies(
  database: Database,
  overrides: Partial<ApiDependencies> = {},
): ApiDependencies {
  const clients = ivsClients({ region: 'us-west-2' });
  return {
    database,
    cursors: cursorCodec(secret),
    tokens: tokenIssuer({ keys: { current: async () => key, withId: async () => key }, clock }),
    viewerTokens: viewerTokens(secret),
    resources: userResources(clients, { stackName: 'bench', clock }, testAttachments),
    chat: chatControl(clients.chat),
    stages: stageControl(clients.realTime),
    ingest: ingestMetrics(database.client.config, process.env),
    chatEndpoint: 'wss://chat.example',
    recordingsUrl: 'https://recordings.example',
    shownSince: () => shownSince(clock(), undefined),
    bucket: imageBucket({ AWS_REGION: 'us-west-2', IMAGES_BUCKET: 'bench' }, async () => ({
      accessKeyId: 'x',
      secretAccessKey: 'x',
    })),
    mailer: undefined,
    partner: { followers: 100, followerAgeDays: 0 },
    limits: defaultLimits,
    clock,
    random: randomBytes,
    allowedOrigins: '*',
    logger: { info: () => {}, warn: () => {}, error: (message, fields) => console.error(message, fields) },
    ...overrides,
  };
}
