import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { OpenAPIHono } from '@hono/zod-openapi';
import { afterEach, describe, expect, test } from '@jest/globals';
import { apiServer } from '../../lambdas/api/container/apiServer.ts';
import { gracefulShutdown } from '../../lambdas/api/container/gracefulShutdown.ts';
import { readSettings } from '../../lambdas/api/container/settings.ts';
import type { HttpEnv } from '../../lambdas/api/http/context.ts';
import { jsonBody } from '../../lambdas/api/http/jsonBody.ts';
import { networksFrom } from '../../lambdas/api/http/limits.ts';
import { answerRefusals, nodeListener, nodeServerOptions } from '../../lambdas/api/http/nodeServer.ts';
import { LOOPBACK } from '../../local/dynamo/engine.ts';

const servers: Server[] = [];
const agents: Agent[] = [];
afterEach(async () => {
  for (const agent of agents.splice(0)) agent.destroy();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    if (server.listening) await new Promise(resolve => server.close(resolve));
  }
});

/** A request that waits inside the API until the test releases it. */
function held() {
  let letGo: () => void = () => {};
  const wait = new Promise<void>(resolve => {
    letGo = resolve;
  });
  let arrived: () => void = () => {};
  const arrival = new Promise<void>(resolve => {
    arrived = resolve;
  });
  return { wait, letGo, arrived, arrival };
}

async function start({ behindLoadBalancer = false, graceMs = 10_000 } = {}) {
  const slow = held();
  const app = new OpenAPIHono<HttpEnv>();
  app.get('/network', async c => c.text((await networksFrom(c)).address));
  app.get('/slow', async c => {
    slow.arrived();
    await slow.wait;
    return c.text('done');
  });
  const server = apiServer(app, behindLoadBalancer);
  servers.push(server);
  const shutDown = gracefulShutdown(server, graceMs);
  server.listen(0, LOOPBACK);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, slow, shutDown };
}

interface Answer {
  readonly response: IncomingMessage;
  readonly text: string;
}

/** Sends a request over a connection that is kept alive. */
function ask(port: number, path: string, headers: Record<string, string> = {}, agent = keepAlive()) {
  return new Promise<Answer>((resolve, reject) => {
    get({ host: LOOPBACK, port, path, headers, agent }, async response => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({ response, text: Buffer.concat(chunks).toString() });
    }).once('error', reject);
  });
}

function keepAlive(): Agent {
  const agent = new Agent({ keepAlive: true });
  agents.push(agent);
  return agent;
}

describe('the address that a request counts for', () => {
  const network = async (port: number, forwarded?: string) =>
    (await ask(port, '/network', forwarded === undefined ? {} : { 'X-Forwarded-For': forwarded })).text;

  test('is the one that the load balancer saw, whatever the caller wrote before it', async () => {
    const { port } = await start({ behindLoadBalancer: true });
    for (const claimed of [
      '',
      '198.51.100.9, ',
      '198.51.100.9,198.51.100.10,',
      'localhost, ,, ',
      '203.0.113.8, ',
    ])
      expect(await network(port, `${claimed}203.0.113.7`)).toBe('203.0.113.7');
    expect(await network(port, '203.0.113.7, 2001:db8:1:2:3::4')).toBe('2001:db8:1:2::/64');
  });

  test('is the peer for health checks of the load balancer', async () => {
    const { port } = await start({ behindLoadBalancer: true });
    expect(await network(port)).toBe(LOOPBACK);
    expect(await network(port, '203.0.113.7, ')).toBe(LOOPBACK);
  });

  test('is the peer without a load balancer, whatever the header says', async () => {
    const { port } = await start();
    expect(await network(port, '203.0.113.7')).toBe(LOOPBACK);
  });
});

describe('shutting down', () => {
  test('answers the request in progress, and then closes its connection', async () => {
    const { port, slow, shutDown } = await start();
    const answer = ask(port, '/slow');
    await slow.arrival;
    const ended = shutDown();
    slow.letGo();
    const { response, text } = await answer;
    expect([response.statusCode, text, response.headers.connection]).toEqual([200, 'done', 'close']);
    expect(await ended).toBe(0);
  });

  test('refuses new connections at once', async () => {
    const { port, slow, shutDown } = await start();
    const answer = ask(port, '/slow');
    await slow.arrival;
    const ended = shutDown();
    await expect(ask(port, '/network')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    slow.letGo();
    await answer;
    await ended;
  });

  test('does not wait for idle connections, nor for connections without any request', async () => {
    const { port, shutDown } = await start({ graceMs: 60_000 });
    const agent = keepAlive();
    await ask(port, '/network', {}, agent);
    const silent = connect(port, LOOPBACK);
    await once(silent, 'connect');
    // An answer to this later request means that the server has accepted the silent connection.
    await ask(port, '/network', {}, agent);
    const closed = once(silent, 'close');
    expect(await shutDown()).toBe(0);
    await closed;
  });

  test('cuts off requests that take longer than the grace period, and reports how many', async () => {
    const { port, slow, shutDown } = await start({ graceMs: 20 });
    const answer = ask(port, '/slow').catch(error => error);
    await slow.arrival;
    expect(await shutDown()).toBe(1);
    expect(await answer).toMatchObject({ code: 'ECONNRESET' });
    slow.letGo();
  });
});

describe('a request that does not arrive in time', () => {
  const lines = ['POST /read HTTP/1.1', 'Host: localhost', 'Content-Type: application/json'];

  test.each([
    ['its headers', lines.join('\r\n')],
    ['a body with a length', [...lines, 'Content-Length: 10', '', 'half'].join('\r\n')],
    ['a body in chunks', [...lines, 'Transfer-Encoding: chunked', '', '4', 'half', ''].join('\r\n')],
  ])('is a 408 problem document, and its connection is closed: %s', async (_, bytes) => {
    const app = new OpenAPIHono<HttpEnv>();
    app.post('/read', jsonBody(1024), c => c.text('read'));
    // The settings of production, except for shorter times.
    const times = { requestTimeout: 50, headersTimeout: 50, connectionsCheckingInterval: 10 };
    const server = createServer({ ...nodeServerOptions, ...times }, nodeListener(app.fetch));
    servers.push(server);
    answerRefusals(server);
    server.listen(0, LOOPBACK);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, LOOPBACK);
    socket.write(bytes);
    let received = '';
    for await (const chunk of socket) received += chunk;
    const [head = '', body = ''] = received.split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(head).toContain('Content-Type: application/problem+json');
    expect(head).toContain('Connection: close');
    expect(JSON.parse(body)).toMatchObject({
      type: 'urn:problem-type:request-timeout',
      status: 408,
      detail: 'the request must arrive within 30 seconds',
    });
  });
});

describe('the settings', () => {
  test('have defaults for a container', () => {
    expect(readSettings({})).toEqual({ port: 8080, host: '0.0.0.0', behindLoadBalancer: false });
  });

  test('are read from the environment', () => {
    const environment = { PORT: '0', HOST: LOOPBACK, BEHIND_LOAD_BALANCER: 'true' };
    expect(readSettings(environment)).toEqual({ port: 0, host: LOOPBACK, behindLoadBalancer: true });
  });

  test.each([
    [{ PORT: '-1' }, "the environment variable PORT must be a port from 0 to 65535 (got '-1')"],
    [{ PORT: '65536' }, "the environment variable PORT must be a port from 0 to 65535 (got '65536')"],
    [{ PORT: '80 ' }, "the environment variable PORT must be a port from 0 to 65535 (got '80 ')"],
    [
      { BEHIND_LOAD_BALANCER: '1' },
      "the environment variable BEHIND_LOAD_BALANCER must be true or false (got '1')",
    ],
  ])('%j is refused', (environment, message) => {
    expect(() => readSettings(environment)).toThrow(message);
  });
});
