import { createServer, type RequestListener } from 'node:http';
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, test } from '@jest/globals';
import { cursorCodec } from '../../domain/cursors.ts';
import { type ApiDependencies, createApi } from '../../lambdas/api/api.ts';
import { LOOPBACK } from '../../local/dynamo/engine.ts';
import { type TableName, tableNames } from '../../model/tables.ts';
import { documentClient, functionRequests } from '../../store/database.ts';
import { apiDependencies } from '../support/api.ts';
import { localCredentials, useDatabase } from '../support/database.ts';
import { category, putRows } from '../support/rows.ts';
import { startAwsResponder } from './awsResponder.ts';

const database = useDatabase();
const started: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of started.splice(0)) await stop();
});

const names = Object.fromEntries(tableNames.map(name => [name, 'no-such-table'])) as Record<
  TableName,
  string
>;

function api(overrides: Partial<ApiDependencies> = {}) {
  const dependencies = apiDependencies(database(), overrides);
  return { app: createApi(dependencies), logger: dependencies.logger };
}

/** A real client with wrong settings, or with a server that gives wrong answers. */
function client(config: DynamoDBClientConfig) {
  const made = documentClient({ ...localCredentials, maxAttempts: 2, ...config });
  started.push(() => made.destroy());
  return made;
}

async function responder(status: number, type: string) {
  const body = { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'the-inside-story' };
  const server = await startAwsResponder(() => ({ status, body }));
  started.push(server.stop);
  return server;
}

const paths = [
  '/v1/channels?isLive=true',
  '/v1/channels/ann',
  '/v1/channels/ann/streams',
  '/v1/channels/ann/streams/st-1',
  '/v1/categories',
];

describe('an unexpected error', () => {
  test.each(paths)('is a fixed 500 at %s, and is logged completely', async path => {
    const { app, logger } = api({ database: { client: database().client, names } });
    const response = await app.request(path);
    const requestId = response.headers.get('x-request-id');
    expect(response.status).toBe(500);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({
      type: 'urn:problem-type:internal-error',
      title: 'Internal error',
      status: 500,
      detail: 'something went wrong on our side',
      instance: `urn:request:${requestId}`,
    });
    const error = expect.objectContaining({ name: 'ResourceNotFoundException', stack: expect.anything() });
    expect(logger.lines).toContainEqual({
      level: 'error',
      message: 'a request failed',
      fields: { requestId, error },
    });
  });

  test('is a secret too short to sign with', async () => {
    await putRows(database(), 'categories', [category(), category({ id: 'games', sortOrder: 2 })]);
    const cursors = cursorCodec(async () => {
      throw new Error('the secret cursors must be a string of at least 32 characters');
    });
    const { app } = api({ cursors });
    expect((await app.request('/v1/categories')).status).toBe(200);
    const response = await app.request('/v1/categories?limit=1');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('32 characters');
  });

  test('is a 500 when DynamoDB rejects the query as invalid', async () => {
    const server = await responder(400, 'ValidationException');
    const { app } = api({ database: { client: client({ endpoint: server.endpoint }), names } });
    const response = await app.request('/v1/categories');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('inside-story');
  });
});

describe('a busy or unreachable database', () => {
  test.each([
    ['throttles', 400, 'ProvisionedThroughputExceededException'],
    ['throttles the account', 400, 'ThrottlingException'],
    ['answers with an internal error', 500, 'InternalServerError'],
    ['is unavailable', 503, 'ServiceUnavailable'],
  ])("that %s is a 503 with Retry-After, once the SDK's retries are used up", async (_, status, type) => {
    const server = await responder(status, type);
    const { app, logger } = api({ database: { client: client({ endpoint: server.endpoint }), names } });
    const response = await app.request('/v1/categories');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const text = await response.text();
    expect(text).toContain('urn:problem-type:unavailable');
    expect(text).not.toContain('inside-story');
    expect(server.operations).toEqual(['Query', 'Query']);
    expect(logger.lines.map(({ level }) => level)).toEqual(['warn', 'info']);
  });

  test('that does not answer, or stops in the middle, is a 503 with the timeouts that the functions use', async () => {
    const listeners: Record<string, RequestListener> = {
      silent: () => {},
      halfway: (_, response) => void response.writeHead(200).write('{"Items":'),
    };
    // The timeouts in the settings make each request take six seconds.
    const statuses = Object.entries(listeners).map(async ([name, listener]) => [
      name,
      await statusWith(listener),
    ]);
    expect(Object.fromEntries(await Promise.all(statuses))).toEqual({ silent: 503, halfway: 503 });
  }, 20_000);

  async function statusWith(listener: RequestListener): Promise<number> {
    const server = createServer(listener);
    await new Promise<void>(resolve => server.listen(0, LOOPBACK, resolve));
    started.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
    const endpoint = `http://${LOOPBACK}:${address.port}`;
    const { app } = api({ database: { client: client({ ...functionRequests, endpoint }), names } });
    return (await app.request('/v1/categories')).status;
  }
});

test.each(['/v1/channels/%E0%A4%A', '/v1/channels/%zz', '/v1/channels?isLive=true&cursor=100%'])(
  'the malformed URL %s is a 400',
  async path => {
    const response = await api().app.request(path);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ type: 'urn:problem-type:malformed-request' });
  },
);

test('a request is one line in the log, without its query string', async () => {
  const { app, logger } = api();
  const response = await app.request('/v1/channels?isLive=true&cursor=hidden');
  expect(logger.lines).toEqual([
    {
      level: 'info',
      message: 'request',
      fields: {
        requestId: response.headers.get('x-request-id'),
        method: 'GET',
        path: '/v1/channels',
        status: 400,
        durationMs: expect.any(Number),
      },
    },
  ]);
});

describe('a browser', () => {
  const allowedOrigins = ['https://app.example', 'http://localhost:5173'];
  const from = (origin: string, method = 'GET') => ({ method, headers: { Origin: origin } });

  test('may read from an allowed origin, and from no other', async () => {
    const { app } = api({ allowedOrigins });
    for (const path of ['/v1/health', '/v1/nothing', '/v1/channels']) {
      for (const origin of allowedOrigins) {
        const { headers } = await app.request(path, from(origin));
        expect(headers.get('access-control-allow-origin')).toBe(origin);
        expect(headers.get('vary')).toMatch(/\bOrigin$/);
      }
      const { headers } = await app.request(path, from('https://app.example.evil'));
      expect(headers.get('access-control-allow-origin')).toBeNull();
      // Without it, a cache would give another origin an answer with this origin's headers.
      expect(headers.get('vary')).toMatch(/\bOrigin$/);
    }
  });

  test('may read from anywhere when every origin is allowed, and reads the id of a failed request', async () => {
    const { headers } = await api().app.request('/v1/channels', from('https://anywhere.example'));
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('access-control-expose-headers')).toContain('X-Request-Id');
  });

  test('learns from a preflight what it may send', async () => {
    const { app } = api({ allowedOrigins });
    const allowed = await app.request('/v1/channels', from('https://app.example', 'OPTIONS'));
    const methods = allowed.headers.get('access-control-allow-methods')?.split(',').toSorted();
    expect(methods).toEqual(['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT']);
    expect(Object.fromEntries(allowed.headers)).toMatchObject({
      'access-control-allow-origin': 'https://app.example',
      'access-control-allow-headers': 'Authorization,Content-Type,Idempotency-Key,If-None-Match',
      'access-control-max-age': '7200',
    });
    const refused = await app.request('/v1/channels', from('https://other.example', 'OPTIONS'));
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
  });
});
