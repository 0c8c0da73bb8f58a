import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { tableVariable } from '../../model/tables.ts';
import { localCredentials, useDatabase } from '../support/database.ts';
import { startAwsResponder } from './awsResponder.ts';
import { contract, type Door } from './contract.ts';
import { context, gateway, gatewayEvent, type LambdaFunction } from './gateway.ts';
import { putLiveChannels } from './live.ts';

const database = useDatabase();
let secrets: Awaited<ReturnType<typeof startAwsResponder>>;
let functions: Record<'system' | 'channels' | 'streams' | 'categories', LambdaFunction>;
let api: Door;

const environmentBefore = { ...process.env };

beforeAll(async () => {
  await putLiveChannels(database());
  secrets = await startAwsResponder(() => ({
    status: 200,
    body: { SecretString: 'a generated secret, thirty-two characters or more' },
  }));
  const { names, engine } = database();
  Object.assign(process.env, {
    AWS_REGION: localCredentials.region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    CURSOR_SECRET_ID: 'cursors',
    ALLOWED_ORIGINS: '*',
    [tableVariable('channels')]: names.channels,
    [tableVariable('streams')]: names.streams,
    [tableVariable('categories')]: names.categories,
  });
  // The modules that Lambda loads, which read the environment when they are loaded.
  const [system, channels, streams, categories] = await Promise.all([
    import('../../lambdas/system/handler.ts'),
    import('../../lambdas/channels/handler.ts'),
    import('../../lambdas/streams/handler.ts'),
    import('../../lambdas/categories/handler.ts'),
  ]);
  functions = {
    system: system.handler,
    channels: channels.handler,
    streams: streams.handler,
    categories: categories.handler,
  };
  api = gateway(functions);
});

afterAll(async () => {
  process.env = environmentBefore;
  await secrets?.stop();
});

test('a list that one page holds needs no secret, and the first cursor fetches it once', async () => {
  expect((await api.request('/v1/channels?isLive=true')).status).toBe(200);
  expect(secrets.operations).toEqual([]);
  const pages = [1, 2, 3].map(limit => api.request(`/v1/channels?isLive=true&limit=${limit}`));
  for (const { status } of await Promise.all(pages)) expect(status).toBe(200);
  expect(secrets.operations).toEqual(['GetSecretValue']);
});

test("an answer has API Gateway's id of the request", async () => {
  const event = gatewayEvent('/v1/health');
  const { headers } = await functions.system(event, context);
  expect(headers?.['x-request-id']).toBe(event.requestContext.requestId);
});

describe('through the Lambdas', () => contract({ request: (path, init) => api.request(path, init) }));
