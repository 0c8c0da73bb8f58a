import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { apiClient } from '../../client/client.ts';
import { unlimited } from '../../local/ivs/quotas.ts';
import { type ResourceName, resourceFunctions } from '../../model/functions.ts';
import { defaultLimits } from '../../model/rateLimit.ts';
import { tableNames } from '../../model/tables.ts';
import { tableVariable } from '../../model/tableVariable.ts';
import { testAttachments } from '../support/attachments.ts';
import { localCredentials, useDatabase } from '../support/database.ts';
import { startIvs, type TestIvs } from '../unit/localIvsEndpoint.ts';
import { startAwsResponder } from './awsResponder.ts';
import { contract, type Door } from './contract.ts';
import { context, gateway, gatewayEvent, type LambdaFunction } from './gateway.ts';
import { putLiveChannels, renamed } from './live.ts';

const database = useDatabase();
let secrets: Awaited<ReturnType<typeof startAwsResponder>>;
let ivs: TestIvs;
let functions: Record<ResourceName, LambdaFunction>;
let api: Door;

const URL = 'https://api.example';
const send = async (request: Request) => {
  const { method, headers, url } = request;
  return api.request(url.slice(URL.length), { method, headers, body: (await request.text()) || null });
};

const environmentBefore = { ...process.env };

beforeAll(async () => {
  await putLiveChannels(database());
  secrets = await startAwsResponder(() => ({
    status: 200,
    body: { SecretString: 'a generated secret, thirty-two characters or more', VersionId: 'version-1' },
  }));
  ivs = await startIvs({ quota: unlimited });
  const { names, engine } = database();
  Object.assign(process.env, {
    AWS_REGION: localCredentials.region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: ivs.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    CURSOR_SECRET_ID: 'cursors',
    TOKEN_SECRET_ID: 'tokens',
    STACK_NAME: 'UGC-test',
    PARTNER_FOLLOWERS: '3',
    PARTNER_FOLLOWER_AGE_DAYS: '0',
    LIMITS: JSON.stringify(defaultLimits),
    ALLOWED_ORIGINS: '*',
    CHAT_ENDPOINT: 'wss://chat.example',
    RECORDINGS_URL: 'https://recordings.example',
    IMAGES_BUCKET: 'none',
    RECORDING_CONFIGURATION_ARN: testAttachments.recordingConfigurationArn,
    CHAT_REVIEW_HANDLER_ARN: testAttachments.reviewHandlerArn,
    CHAT_REVIEW_FALLBACK: testAttachments.reviewFallback,
    CHAT_LOGGING_CONFIGURATION_ARN: testAttachments.loggingConfigurationArn,
    ...Object.fromEntries(tableNames.map(name => [tableVariable(name), names[name]])),
  });
  // These modules read the environment when they are loaded, as in Lambda.
  const loaded = Object.keys(resourceFunctions).map(async name => {
    const { handler }: { handler: LambdaFunction } = await import(`../../lambdas/api/${name}/handler.ts`);
    return [name, handler] as const;
  });
  functions = Object.fromEntries(await Promise.all(loaded)) as Record<ResourceName, LambdaFunction>;
  api = gateway(functions);
});

afterAll(async () => {
  process.env = environmentBefore;
  await Promise.all([secrets?.stop(), ivs?.stop()]);
});

test('a list of one page needs no secret, and the first cursor fetches the secret once', async () => {
  expect((await api.request('/v1/channels?isLive=true')).status).toBe(200);
  expect(secrets.operations).toEqual([]);
  const pages = [1, 2, 3].map(limit => api.request(`/v1/channels?isLive=true&limit=${limit}`));
  for (const { status } of await Promise.all(pages)) expect(status).toBe(200);
  expect(secrets.operations).toEqual(['GetSecretValue']);
});

test('an answer has the request id of API Gateway', async () => {
  const event = gatewayEvent('/v1/health');
  const { headers } = await functions.system(event, context);
  expect(headers?.['x-request-id']).toBe(event.requestContext.requestId);
});

test('a user signs up, reads the profile and follows somebody, through three Lambdas', async () => {
  const client = (accessToken?: string) =>
    apiClient({ baseUrl: URL, accessToken: () => accessToken, fetch: send });
  const signUp = (username: string) =>
    client().POST('/v1/users', { body: { username, password: 'a password for a lambda' } });
  const [dora, hal] = [(await signUp('Dora')).data, (await signUp('hal')).data];
  if (dora === undefined || hal === undefined) throw new Error('nobody could sign up');
  const asDora = client(dora.accessToken);
  expect((await asDora.GET('/v1/users/me')).data?.username).toBe('Dora');
  const params = { path: { username: 'HAL' } };
  expect((await asDora.PUT('/v1/channels/{username}/follow', { params })).response.status).toBe(204);
  const { data } = await asDora.GET('/v1/users/me/following');
  expect(data?.items.map(({ channel }) => channel.username)).toEqual(['hal']);
  const again = await client().POST('/v1/sessions', {
    body: { username: 'dora', password: 'a password for a lambda' },
  });
  expect(again.data?.user.id).toBe(dora.user.id);
});

test('a browser signs up, refreshes and signs out with cookies, through two Lambdas', async () => {
  const jar = new Map<string, string>();
  const ask = async (method: string, path: string, body: object | null, token = '') => {
    const response = await api.request(path, {
      method,
      headers: {
        'X-Refresh-Token': 'cookie',
        'Sec-Fetch-Site': 'same-origin',
        Cookie: [...jar].map(cookie => cookie.join('=')).join('; '),
        ...(token === '' ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === null ? {} : { 'Content-Type': 'application/json' }),
      },
      body: body === null ? null : JSON.stringify(body),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    const text = await response.text();
    return { status: response.status, token: text === '' ? '' : JSON.parse(text).accessToken };
  };
  const user = { username: 'cookie-user', password: 'a password of a browser' };
  expect((await ask('POST', '/v1/users', user)).status).toBe(201);
  expect([...jar.keys()]).toEqual(['__Host-refresh', '__Secure-device']);
  const { status, token } = await ask('POST', '/v1/sessions/refresh', {});
  expect(status).toBe(200);
  expect((await ask('DELETE', '/v1/sessions', null, token)).status).toBe(204);
  expect([...jar.keys()]).toEqual(['__Secure-device']);
});

test('a chat token says which chat endpoint the stack uses, through the Lambda', async () => {
  const client = apiClient({ baseUrl: URL, fetch: send });
  const signedUp = await client.POST('/v1/users', {
    body: { username: 'Chatty', password: 'a password for chat' },
  });
  expect(signedUp.response.status).toBe(201);
  const params = { path: { username: 'chatty' } };
  const { data } = await client.POST('/v1/channels/{username}/chat/tokens', { params });
  expect(data).toMatchObject({ endpoint: 'wss://chat.example', capabilities: [] });
});

describe('through the Lambdas', () =>
  contract({ request: (path, init) => api.request(path, init) }, renamed));
