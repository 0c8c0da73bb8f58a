import { once } from 'node:events';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Hono } from 'hono';
import { apiServer } from '../../lambdas/api/container/apiServer.ts';
import type { HttpApp, HttpEnv } from '../../lambdas/api/http/context.ts';
import { lambdaHandler } from '../../lambdas/api/http/lambda.ts';
import { nodeListener } from '../../lambdas/api/http/nodeServer.ts';
import { LOOPBACK } from '../../local/dynamo/engine.ts';
import { context, gatewayEvent, responseOf } from './gateway.ts';

/** Answers with the cookies of the request, and sets two. A date in a cookie contains a comma. */
function cookieApp(): HttpApp {
  const app: HttpApp = new Hono<HttpEnv>();
  app.post('/', c => {
    c.header('Set-Cookie', 'one=1; Path=/; HttpOnly');
    c.header('Set-Cookie', 'two=2; Path=/; Expires=Fri, 01 Jan 2027 00:00:00 GMT', { append: true });
    return c.text(c.req.header('cookie') ?? 'none');
  });
  return app;
}

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise(resolve => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
});

/** Sends each of `cookies` as a header of its own. */
const overHttp = (start: () => Server) => async (cookies: readonly string[]) => {
  server = start().listen(0, LOOPBACK);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const headers = ['Host', LOOPBACK, ...cookies.flatMap(cookie => ['Cookie', cookie])];
  const [response] = await once(
    httpRequest({ host: LOOPBACK, port, path: '/', method: 'POST', headers }).end(),
    'response',
  );
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { received: Buffer.concat(chunks).toString(), set: response.headers['set-cookie'] };
};

const overLambda = async (cookies: readonly string[]) => {
  const event = { ...gatewayEvent('/', { method: 'POST' }), cookies };
  const response = responseOf(await lambdaHandler(cookieApp())(event, context));
  return { received: await response.text(), set: response.headers.getSetCookie() };
};

describe.each([
  ['Lambda', overLambda],
  ['the local server', overHttp(() => createServer(nodeListener(cookieApp().fetch)))],
  ['the container', overHttp(() => apiServer(cookieApp(), true))],
])('%s', (_, send) => {
  test.each([
    [[], 'none'],
    [['a=1'], 'a=1'],
    [['a=1', 'b=2; c=3'], 'a=1; b=2; c=3'],
  ])('gets the cookies of a request, however many headers they come in: %j', async (cookies, received) => {
    expect((await send(cookies)).received).toBe(received);
  });

  test('sends each cookie as a header of its own', async () => {
    expect((await send([])).set).toEqual([
      'one=1; Path=/; HttpOnly',
      'two=2; Path=/; Expires=Fri, 01 Jan 2027 00:00:00 GMT',
    ]);
  });
});

test('a function without cookies in its event has none', async () => {
  const { cookies: _, ...event } = gatewayEvent('/', { method: 'POST' });
  const response = responseOf(await lambdaHandler(cookieApp())(event, context));
  expect(await response.text()).toBe('none');
});
