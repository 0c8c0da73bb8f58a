import { randomBytes } from 'node:crypto';
import { Agent, createServer, request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { getRequestListener } from '@hono/node-server';
import { tokenIssuer } from '../domain/accounts/tokens.ts';
import { viewerTokens } from '../domain/viewers/viewerTokens.ts';
import { ingestMetrics } from '../ivs/ingestMetrics.ts';
import { httpApp } from '../lambdas/api/http/app.ts';
import { guardsWith } from '../lambdas/api/http/resourceGuards.ts';
import { viewersApp } from '../lambdas/api/viewers/app.ts';
import { LOOPBACK } from '../local/dynamo/engine.ts';
import { lineLogger } from '../local/log.ts';
import { defaultLimits } from '../model/rateLimit.ts';
import { addMs } from '../model/time.ts';
import { minuteOf } from '../model/viewerMinute.ts';
import type { Database } from '../store/database.ts';
import { channel, live } from '../test/support/rows.ts';
import { countRequests, fill, withDatabase } from './support/database.ts';
import { addFigure, printTable, ratio } from './support/report.ts';

// The cost of receiving and reporting the samples of viewers over HTTP, with all viewers on one stream.
const SAMPLES = 500;
const ROUNDS = 3;
const AUDIENCES = [1, 100, 10_000] as const;
const MINUTES = 60;

const owner = { id: 'user-ann', username: 'ann', channelId: 'ann' };
const streamId = 'st-ann';
const path = `/v1/channels/${owner.username}/streams/${streamId}`;

async function main(): Promise<void> {
  await withDatabase(async database => {
    let now = Date.parse('2026-01-15T10:00:00.000Z');
    const start = new Date(now).toISOString();
    await fillTables(database, start);
    now += MINUTES * 60_000;
    const clock = () => new Date(now);
    const key = { id: 'key', secret: randomBytes(32) };
    const tokens = tokenIssuer({ keys: { current: async () => key, withId: async () => key }, clock });
    const players = viewerTokens(async () => 'a secret that is long enough for tokens');
    const logger = lineLogger(() => {});
    const guards = guardsWith({ database, tokens, clock, logger, limits: defaultLimits });
    const app = httpApp({ logger, allowedOrigins: '*' }, [
      viewersApp({
        database,
        viewerTokens: players,
        clock,
        random: randomBytes,
        limits: defaultLimits,
        ingest: ingestMetrics(database.client.config, process.env),
        logger,
        guards,
      }),
    ]);
    const server = await serve(getRequestListener(app.fetch));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const sent = countRequests(database);
    const tokenOf = (n: number) =>
      players.sign({
        viewerId: Buffer.from(`viewer ${String(n).padStart(9, '0')}`).toString('base64url'),
        channelId: owner.channelId,
        streamId,
        usernameKey: owner.username,
        weight: 1,
        joinedAt: now,
        expiresAt: now + 365 * 24 * 3600_000,
      });
    const send = (method: string, url: string, body?: object, token?: string) =>
      sendRequest(agent, `${server.url}${url}`, { method, body, token });

    try {
      const measured = await Promise.all(
        AUDIENCES.map(async viewers => {
          const audienceTokens = await Promise.all(Array.from({ length: viewers }, (_, n) => tokenOf(n)));
          return { viewers, audienceTokens, best: 0, writes: 0 };
        }),
      );
      // The audiences take turns, because other programs use the machine. The first round is a warm-up.
      for (let round = 0; round <= ROUNDS; round++) {
        for (const audience of measured) {
          const [from, before] = [performance.now(), sent()];
          for (let n = 0; n < SAMPLES; n++) {
            // Each viewer sends one sample per minute, so that every sample costs the same.
            if (n % audience.viewers === 0) now += 60_000;
            const viewerToken = audience.audienceTokens[n % audience.viewers];
            await send('POST', `${path}/metrics`, { viewerToken, quality: '720p60', latencyMs: 3_000 });
          }
          if (round === 0) continue;
          audience.best = Math.max(audience.best, (SAMPLES * 1000) / (performance.now() - from));
          audience.writes = (sent() - before) / SAMPLES;
        }
      }
      const [one] = measured;
      printTable(`Viewers: samples sent over HTTP one after another, best of ${ROUNDS} rounds`, [
        ['viewers', 'samples per second', 'speed vs. one viewer', 'DynamoDB requests per sample'],
        ...measured.map(({ viewers, best, writes }) => [
          viewers.toLocaleString('en'),
          Math.round(best),
          ratio(best / (one?.best ?? best)),
          writes.toFixed(2),
        ]),
      ]);

      for (const { viewers, best, writes } of measured.slice(1)) {
        const name = `samples of ${viewers.toLocaleString('en')} viewers`;
        addFigure(`${name}: rate compared with one viewer`, best / (one?.best ?? best), { atLeast: 0.8 });
        // The first sample of each minute makes up to three more requests.
        addFigure(`${name}: DynamoDB requests per sample`, writes, { atMost: 2 + 3 / viewers });
      }
      const requestsOf = async (work: () => Promise<unknown>) => {
        const before = sent();
        await work();
        return sent() - before;
      };
      now += 60_000;
      // The channel of a username is cached for one minute.
      const cold = await requestsOf(() => send('GET', `${path}/viewers`));
      const access = await tokens.issue(owner, 'family');
      const sample = async (n: number) => send('POST', `${path}/metrics`, { viewerToken: await tokenOf(n) });
      const hour = `${path}/analytics?from=${start}&to=${addMs(start, MINUTES * 60_000)}`;
      printTable('Viewers: DynamoDB requests per answer', [
        ['request', 'DynamoDB requests', 'maximum allowed'],
        ['send the first sample of a minute', await requestsOf(() => sample(1)), 5],
        ['send another sample', await requestsOf(() => sample(2)), 2],
        ['number of viewers of a stream', await requestsOf(() => send('GET', `${path}/viewers`)), 1],
        ['number of viewers, username not cached', cold, 2],
        // The rate limit of the caller is one of the requests.
        ['analytics of one hour', await requestsOf(() => send('GET', hour, undefined, access)), 4],
      ]);
    } finally {
      agent.destroy();
      await server.stop();
    }
  });
}

async function fillTables(database: Database, start: string): Promise<void> {
  const { names } = database;
  const roomArn = 'arn:aws:ivschat:us-west-2:000000000000:room/room-ann';
  const on = live(channel({ username: owner.username, chatRoomArn: roomArn }), {
    id: streamId,
    startedAt: start,
  });
  await fill(database, names.channels, [{ ...on.channel }]);
  await fill(database, names.streams, [{ ...on.stream }]);
  const minutes = Array.from({ length: MINUTES }, (_, n) => minuteOf(addMs(start, n * 60_000)));
  const row = { createdAt: start, updatedAt: start };
  const sums = { latencyMsSum: 3_000, bufferMsSum: 2_000, bitrateSum: 3_000_000, framerateSum: 60 };
  await fill(
    database,
    names.metrics,
    minutes.map(id => ({ streamId, id, viewers: 1, ...sums, ...row })),
  );
  await fill(
    database,
    names.chatMessages,
    minutes.map(minute => ({ chatRoomId: 'room-ann', id: `minute#${minute}`, minute, messages: 5, ...row })),
  );
}

async function serve(listener: Parameters<typeof createServer>[1]) {
  const server = createServer(listener);
  await new Promise<void>(resolve => server.listen(0, LOOPBACK, resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no TCP port');
  return {
    url: `http://${LOOPBACK}:${address.port}`,
    stop: () => {
      server.closeAllConnections();
      return new Promise<void>(resolve => server.close(() => resolve()));
    },
  };
}

interface RequestOptions {
  readonly method: string;
  readonly body: object | undefined;
  readonly token: string | undefined;
}

function sendRequest(agent: Agent, url: string, { method, body, token }: RequestOptions): Promise<void> {
  const headers = {
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
  };
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, { agent, method, headers }, answer => {
      text(answer).then(responseBody => {
        if (answer.statusCode === 200) resolve();
        else reject(new Error(`${url} was answered with ${answer.statusCode}: ${responseBody}`));
      }, reject);
    });
    outgoing.once('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

await main();
