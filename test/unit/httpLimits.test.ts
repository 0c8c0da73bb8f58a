import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Hono } from 'hono';
import type { HttpEnv } from '../../lambdas/api/http/context.ts';
import { rateLimited } from '../../lambdas/api/http/limits.ts';
import { LOOPBACK } from '../../local/dynamo/engine.ts';

const counted: unknown[][] = [];
const app = new Hono<HttpEnv>();
app.get(
  '/',
  rateLimited(async (...count) => void counted.push(count), 'createUser'),
  c => c.text('done'),
);
const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
let url = '';

beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, LOOPBACK, resolve));
  const address = server.address();
  url = `http://${LOOPBACK}:${typeof address === 'object' && address !== null ? address.port : 0}`;
});
afterAll(() => {
  server.closeAllConnections();
  return new Promise(resolve => server.close(resolve));
});

const counts = (address: string, subnet: string) => ['createUser', { networks: { address, subnet } }];

test("a request over a socket counts for the peer's address, whatever its headers say", async () => {
  await fetch(url);
  await fetch(url, { headers: { 'X-Forwarded-For': '203.0.113.7', Forwarded: 'for=203.0.113.7' } });
  expect(counted.splice(0)).toEqual([
    counts('127.0.0.1', '127.0.0.0/24'),
    counts('127.0.0.1', '127.0.0.0/24'),
  ]);
});

test('a request through API Gateway counts for the address in the event', async () => {
  await app.request('/', {}, { requestContext: { http: { sourceIp: '203.0.113.7' } } });
  expect(counted.splice(0)).toEqual([counts('203.0.113.7', '203.0.113.0/24')]);
});
