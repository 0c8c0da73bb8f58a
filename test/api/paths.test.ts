import { once } from 'node:events';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { createApi } from '../../lambdas/api/api.ts';
import { lambdaHandler } from '../../lambdas/api/http/lambda.ts';
import { nodeListener } from '../../lambdas/api/http/nodeServer.ts';
import { LOOPBACK } from '../../local/dynamo/engine.ts';
import { type ResourceName, resourceFunctions } from '../../model/functions.ts';
import { apiDependencies } from '../support/api.ts';
import { useDatabase } from '../support/database.ts';
import { context, gateway, gatewayEvent, type LambdaFunction } from './gateway.ts';
import { putLiveChannels } from './live.ts';

const database = useDatabase();
let server: Server;
let lambda: LambdaFunction;
let throughGateway: ReturnType<typeof gateway>;
beforeAll(async () => {
  await putLiveChannels(database());
  const app = createApi(apiDependencies(database()));
  server = createServer(nodeListener(app.fetch)).listen(0, LOOPBACK);
  await once(server, 'listening');
  // Every route is behind each function, because these tests compare how a request is read.
  lambda = lambdaHandler(app);
  const functions = Object.keys(resourceFunctions).map(name => [name, lambda]);
  throughGateway = gateway(Object.fromEntries(functions) as Record<ResourceName, LambdaFunction>);
});
afterAll(() => {
  server.closeAllConnections();
  return new Promise(resolve => server.close(resolve));
});

const body = z.looseObject({}).transform(({ instance: _, ...rest }) => rest);

/** The answer of the HTTP server outside Lambda to a target that no client has normalized. */
async function fromServer(path: string) {
  const { port } = server.address() as AddressInfo;
  const request = httpRequest({ host: LOOPBACK, port, path }).end();
  const [response] = await once(request, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return {
    status: Number(response.statusCode),
    body: body.parse(JSON.parse(Buffer.concat(chunks).toString())),
  };
}

async function fromLambda(path: string) {
  const response = await throughGateway.request(path);
  return { status: response.status, body: body.parse(await response.json()) };
}

const piece = fc.constantFrom(
  ...['a', 'n', 'ann', 'me', 'streams', 'invitations', 'st-past-1', 'ingest', 'v1', 'openapi.json'],
  ...[
    '.',
    '..',
    '/',
    '\\',
    '?',
    '#',
    '%',
    '%2F',
    '%61',
    ';',
    ':',
    '@',
    '&',
    '=',
    '+',
    ' ',
    '*',
    '{username}',
  ],
  ...['é', '😀', '\u0000', '\t', '\n', '\u007f', '\u2028', '\ufeff', "'", '"', '<', '|', '^', '`', '~'],
);
const segment = fc.oneof(
  { weight: 3, arbitrary: fc.array(piece, { minLength: 1, maxLength: 3 }).map(parts => parts.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }) },
);
const everyByte = (text: string) =>
  [...Buffer.from(text)].map(byte => `%${byte.toString(16).padStart(2, '0')}`).join('');
/** A path segment, with every byte percent-encoded or only those that must be. */
const written = fc
  .tuple(
    segment.filter(text => text.isWellFormed()),
    fc.boolean(),
  )
  .map(([text, isLong]) => (isLong ? everyByte(text) : encodeURIComponent(text)));

describe('API Gateway and the HTTP server outside Lambda read a path alike', () => {
  test.each<[string, (one: string, other: string) => string]>([
    ['/v1/channels/{}', one => `/v1/channels/${one}`],
    ['/v1/channels/{}/streams', one => `/v1/channels/${one}/streams`],
    ['/v1/channels/{}/streams/{}', (one, other) => `/v1/channels/${one}/streams/${other}`],
    ['/v1/channels/ann/streams/{}', one => `/v1/channels/ann/streams/${one}`],
    ['/v1/stages/{}', one => `/v1/stages/${one}`],
    ['/v1/{}', one => `/v1/${one}`],
    ['/v1/channels/{}?isLive=true', one => `/v1/channels/${one}?x=%23&y=%3F`],
  ])('%s', async (_, path) => {
    const isAlike = fc.asyncProperty(written, written, async (one, other) => {
      const target = path(one, other);
      expect(await fromLambda(target)).toEqual(await fromServer(target));
    });
    await fc.assert(isAlike, { numRuns: 60 });
  });

  test('finds a channel whose name is percent-encoded', async () => {
    for (const path of ['/v1/channels/ann', '/v1/channels/%61nn', '/v1/%63hannels/a%6En']) {
      const [one, other] = [await fromLambda(path), await fromServer(path)];
      expect([one.status, other.status]).toEqual([200, 200]);
      expect(one.body).toEqual(other.body);
    }
  });
});

describe('an event of API Gateway', () => {
  const ask = async (event: object) =>
    (await lambda({ ...gatewayEvent('/v1/health'), ...event }, context)).statusCode;

  test.each([
    ['/v1/channels/ann#x', 404],
    ['/v1/channels/ann?', 404],
    ['/v1/channels\\ann', 404],
    ['/v1/channels/ann', 200],
  ])('with the decoded path %j is answered with %i', async (rawPath, status) => {
    expect(await ask({ rawPath })).toBe(status);
  });

  test('of a named stage has the stage name before its path', async () => {
    const { requestContext } = gatewayEvent('/v1/health');
    const prod = { requestContext: { ...requestContext, stage: 'prod' } };
    expect(await ask({ ...prod, rawPath: '/prod/v1/channels/ann' })).toBe(200);
    expect(
      await ask({ ...prod, rawPath: '/prod/v1/channels/ann', routeKey: 'GET /v1/channels/{username}' }),
    ).toBe(200);
    expect(await ask({ ...prod, rawPath: '/production/v1/channels/ann' })).toBe(404);
    expect(await ask({ ...prod, rawPath: '/prod' })).toBe(404);
    expect(await ask({ rawPath: '/prod/v1/channels/ann' })).toBe(404);
  });

  test.each(['TRACE', 'CONNECT', 'PROPFIND', 'get'])(
    'with the method %s is a problem document',
    async method => {
      const { requestContext } = gatewayEvent('/v1/users');
      const http = { ...requestContext.http, method };
      const answer = await lambda(
        { ...gatewayEvent('/v1/users'), requestContext: { ...requestContext, http } },
        context,
      );
      expect([answer.statusCode, answer.headers['content-type']]).toEqual([405, 'application/problem+json']);
    },
  );

  test('keeps empty headers and header values that are not ASCII', async () => {
    const rawPath = '/v1/channels/ann/chat/tokens';
    const { requestContext } = gatewayEvent(rawPath);
    const event = {
      rawPath,
      requestContext: { ...requestContext, http: { ...requestContext.http, method: 'POST' } },
    };
    expect(await ask({ ...event, headers: { authorization: '' } })).toBe(401);
    expect(await ask({ ...event, headers: { authorization: 'Bearer 漢\r\n' } })).toBe(401);
  });

  test.each(['utf8', 'latin1'] as const)(
    'with a body in Base64 is read as the decoded bytes: %s',
    async encoding => {
      const rawPath = '/v1/sessions/refresh';
      const { requestContext } = gatewayEvent(rawPath);
      const event = {
        rawPath,
        requestContext: { ...requestContext, http: { ...requestContext.http, method: 'POST' } },
        headers: { 'content-type': 'application/json' },
        body: Buffer.from('{"refreshToken":"é"}', encoding).toString('base64'),
        isBase64Encoded: true,
      };
      expect(await ask(event)).toBe(encoding === 'utf8' ? 401 : 400);
    },
  );
});
