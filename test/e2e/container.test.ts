import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { LOOPBACK } from '../../local/dynamo/engine.ts';
import { unlimited } from '../../local/ivs/quotas.ts';
import { type LocalStack, startLocal } from '../../local/startLocal.ts';
import { tableNames } from '../../model/tables.ts';
import { tableVariable } from '../../model/tableVariable.ts';
import { documentClient } from '../../store/database.ts';
import { contract } from '../api/contract.ts';
import { putLiveChannels } from '../api/live.ts';
import { transport } from '../api/transport.ts';
import { run } from '../infra/support/run.ts';
import { type FaultProxy, startFaultProxy } from '../support/faultProxy.ts';
import { eventually } from './eventually.ts';

/** Long enough to send a signal and see a connection refused, and shorter than the SDK's timeout. */
const SLOW_MS = 800;

const folder = mkdtempSync(join(tmpdir(), 'ugc-container-'));
let stack: LocalStack;
let credentials: Server;
let credentialsAsked = 0;
let proxy: FaultProxy;
let isNextSlow = false;
let container: ChildProcess;
let output = '';
let url = '';

beforeAll(async () => {
  const built = run(
    process.execPath,
    [
      '--import',
      'tsx',
      'lib/bundling/bundleCommand.ts',
      'container',
      folder,
      'lambdas/api/container/server.ts',
    ],
    { timeoutMs: 30_000 },
  );
  stack = await startLocal({
    stackName: 'UGC-test',
    region: 'us-west-2',
    apiPort: 0,
    awsPort: 0,
    partnerFollowers: 3,
    log: () => {},
    ivsQuota: unlimited,
  });
  const client = documentClient();
  await putLiveChannels({ client, names: stack.names });
  client.destroy();
  const engine = String(process.env['AWS_ENDPOINT_URL_DYNAMODB']);
  proxy = await startFaultProxy(engine, () => {
    if (!isNextSlow) return undefined;
    isNextSlow = false;
    return { kind: 'delay', ms: SLOW_MS };
  });
  credentials = await startCredentials();
  expect(await built).toMatchObject({ code: 0, stderr: '' });
  container = start(join(folder, 'lambdas/api/container/server/index.mjs'), containerEnvironment());
  url = await eventually(
    async () => listeningAt(),
    found => found !== '' || container.exitCode !== null,
  );
  if (url === '') throw new Error(output);
});
afterAll(async () => {
  if (container?.exitCode === null) {
    container.kill('SIGKILL');
    await once(container, 'close');
  }
  credentials?.close();
  await proxy?.stop();
  await stack?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The endpoint that gives a task its credentials, as ECS does. */
async function startCredentials(): Promise<Server> {
  const server = createServer((_, response) => {
    credentialsAsked += 1;
    const Expiration = new Date(Date.now() + 3_600_000).toISOString();
    const given = { AccessKeyId: 'task', SecretAccessKey: 'task', Token: 'task', Expiration };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(given));
  });
  server.listen(0, LOOPBACK);
  await once(server, 'listening');
  return server;
}

const portOf = (server: Server) => z.object({ port: z.number() }).parse(server.address()).port;

/** The environment from the task definition, with the local address of AWS. */
function containerEnvironment(): Record<string, string> {
  const told = [
    'STACK_NAME',
    'PARTNER_FOLLOWERS',
    'PARTNER_FOLLOWER_AGE_DAYS',
    'LIMITS',
    'ALLOWED_ORIGINS',
    'RECORDINGS_URL',
    'CHAT_ENDPOINT',
    'IMAGES_BUCKET',
    'RECORDING_CONFIGURATION_ARN',
    'CHAT_REVIEW_HANDLER_ARN',
    'CHAT_REVIEW_FALLBACK',
    'CHAT_LOGGING_CONFIGURATION_ARN',
    'CURSOR_SECRET_ID',
    'TOKEN_SECRET_ID',
    'AWS_REGION',
    ...tableNames.map(tableVariable),
  ];
  return {
    ...Object.fromEntries(told.map(name => [name, String(process.env[name])])),
    BEHIND_LOAD_BALANCER: 'true',
    POWERTOOLS_SERVICE_NAME: 'api',
    POWERTOOLS_LOG_LEVEL: 'DEBUG',
    POWERTOOLS_METRICS_NAMESPACE: 'UGC-test',
    HOST: LOOPBACK,
    PORT: '0',
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://${LOOPBACK}:${portOf(credentials)}/`,
    AWS_ENDPOINT_URL: stack.awsUrl,
    AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint,
  };
}

function start(script: string, env: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, [script], { env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', chunk => {
      output += String(chunk);
    });
  }
  return child;
}

const line = z.looseObject({ message: z.string(), level: z.string(), service: z.literal('api') });
const logged = () =>
  output
    .split('\n')
    .filter(text => text.startsWith('{'))
    .map(text => line.parse(JSON.parse(text)));

function listeningAt(): string {
  const { address } = Object(logged().find(({ message }) => message === 'listening'));
  return address === undefined ? '' : `http://${LOOPBACK}:${address.port}`;
}

describe('the API in the container', () =>
  contract({ request: (path, init) => fetch(`${url}${path}`, init) }));
describe('a connection to the container', () => transport(() => url));

test('a task gets its credentials from ECS, with one request per client', () => {
  expect(credentialsAsked).toBeGreaterThan(0);
  expect(credentialsAsked).toBeLessThan(10);
});

test('a sign-up makes a channel, a chat room and a stage at IVS', async () => {
  const response = await fetch(`${url}/v1/users`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.7' },
    body: JSON.stringify({ username: 'Robin', password: 'correct horse battery' }),
  });
  expect(response.status).toBe(201);
  const { user } = z.object({ user: z.object({ id: z.string() }) }).parse(await response.json());
  const { channels, rooms, stages } = stack.ivs.resources();
  const owned = [channels, rooms, stages].map(list => list.filter(({ tags }) => tags['user'] === user.id));
  expect(owned.map(list => list.length)).toEqual([1, 1, 1]);
});

test('each request is logged as one line of JSON', () => {
  const requests = logged().filter(({ message }) => message === 'request');
  expect(requests.length).toBeGreaterThan(100);
  expect(requests.at(-1)).toMatchObject({ level: 'INFO', method: 'POST', path: '/v1/users', status: 201 });
});

// This test is the last, because it stops the server.
test('after SIGTERM new connections are refused, requests in progress are answered, and the exit code is 0', async () => {
  isNextSlow = true;
  const before = proxy.total();
  const underWay = fetch(`${url}/v1/channels/ann`);
  await eventually(
    async () => proxy.total(),
    total => total > before,
  );
  container.kill('SIGTERM');
  await eventually(
    async () => logged().map(({ message }) => message),
    messages => messages.includes('ending'),
  );
  await expect(fetch(`${url}/v1/health`)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  const response = await underWay;
  expect([response.status, response.headers.get('connection')]).toEqual([200, 'close']);
  expect(await response.json()).toMatchObject({ username: 'Ann' });
  if (container.exitCode === null) await once(container, 'exit');
  expect(container.exitCode).toBe(0);
});
