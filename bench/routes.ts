import { type ChildProcess, spawn } from 'node:child_process';
import { Agent, request as httpRequest } from 'node:http';
import { json } from 'node:stream/consumers';
import type { Database } from '../store/database.ts';
import { channel, live } from '../test/support/rows.ts';
import { fill, withDatabase } from './support/database.ts';
import { printTable, ratio } from './support/report.ts';
import type { ServedRoutes } from './support/routesServer.ts';

// The overhead of the API's routes: their rate compared with minimal Hono routes that send the same DynamoDB
// requests and return the rows. One process serves both, and this one sends the HTTP requests.
const CHANNELS = 1_000;
const LIVE = 200;
const CONNECTIONS = 16;
const REQUESTS = 600;
const ROUNDS = 5;

async function main(): Promise<void> {
  await withDatabase(async (database, endpoint) => {
    await fillTables(database);
    const { child, served } = await startServer(endpoint);
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    const get = (url: string) => getJson(agent, url, served.token);
    try {
      const routes = [
        ['directory, 50 of 200 channels', '/v1/channels?isLive=true', '/directory'],
        ['channel page of a live channel', '/v1/channels/user1', '/channels/user1'],
      ] as const;
      const rows: (string | number)[][] = [
        ['route', 'answers per second', 'minimal route', 'speed vs. minimal'],
      ];
      for (const [name, path, minimalPath] of routes) {
        const [full, minimal] = await ratesOf(get, [
          `${served.api}${path}`,
          `${served.minimal}${minimalPath}`,
        ]);
        rows.push([name, Math.round(full), Math.round(minimal), ratio(full / minimal)]);
      }
      printTable(`Routes: HTTP with ${CONNECTIONS} connections, best of ${ROUNDS} rounds`, rows);

      const paths = [
        ...routes.map(([, path]) => path),
        '/v1/users/me',
        '/v1/users/me/following',
        '/v1/categories',
      ];
      const requests: (string | number)[][] = [['route', 'DynamoDB requests']];
      for (const path of paths) {
        const before = Number(await get(`${served.minimal}/requestCount`));
        await get(`${served.api}${path}`);
        requests.push([`GET ${path}`, Number(await get(`${served.minimal}/requestCount`)) - before]);
      }
      printTable('Routes: DynamoDB requests per answer', requests);
    } finally {
      agent.destroy();
      await end(child);
    }
  });
}

async function fillTables(database: Database): Promise<void> {
  const { names } = database;
  const all = Array.from({ length: CHANNELS }, (_, n) => {
    const owner = channel({
      id: `channel-${n}`,
      username: `user${n}`,
      userId: `user-${n}`,
      categoryId: 'music',
    });
    const startedAt = new Date(Date.UTC(2026, 0, 15) + n * 1000).toISOString();
    return n < LIVE ? live(owner, { startedAt }) : { channel: owner, stream: undefined };
  });
  await fill(
    database,
    names.channels,
    all.map(one => one.channel),
  );
  await fill(
    database,
    names.streams,
    all.flatMap(({ stream }) => stream ?? []),
  );
  const times = { createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z', version: 1 };
  const [id, name] = ['user-1', 'user1'];
  const owned = { channelId: 'channel-1', chatRoomId: 'room-1', stageId: 'stage-1' };
  const [room, stage] = ['arn:aws:ivschat:us-west-2:0:room/room-1', 'arn:aws:ivs:us-west-2:0:stage/stage-1'];
  const resource = { name, userId: id, ...times };
  await fill(database, names.users, [
    { id, username: name, usernameKey: name, status: 'active', ...owned, ...times },
  ]);
  await fill(database, names.chatRooms, [
    { id: 'room-1', arn: room, endpoint: 'wss://chat.example', channelId: 'channel-1', ...resource },
  ]);
  await fill(database, names.stages, [
    { id: 'stage-1', arn: stage, isLive: false, publishedParticipants: [], ...resource },
  ]);
}

/** Returns the best rate of each URL. The URLs take turns, because other programs use the machine. */
async function ratesOf(
  get: (url: string) => Promise<unknown>,
  urls: readonly [string, string],
): Promise<[number, number]> {
  const best: [number, number] = [0, 0];
  // The first round is a warm-up.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [index, url] of urls.entries()) {
      const from = performance.now();
      let left = REQUESTS;
      const connection = async () => {
        while (left-- > 0) await get(url);
      };
      await Promise.all(Array.from({ length: CONNECTIONS }, connection));
      const rate = (REQUESTS * 1000) / (performance.now() - from);
      if (round > 0 && rate > (best[index] ?? 0)) best[index] = rate;
    }
  }
  return best;
}

function getJson(agent: Agent, url: string, token: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { agent, headers: { Authorization: `Bearer ${token}` } }, answer => {
      if (answer.statusCode !== 200)
        return reject(new Error(`${url} was answered with ${answer.statusCode}`));
      json(answer).then(resolve, reject);
    });
    sent.once('error', reject).end();
  });
}

async function startServer(endpoint: string): Promise<{ child: ChildProcess; served: ServedRoutes }> {
  const args = ['--import', 'tsx', 'bench/support/routesServer.ts', endpoint];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const served = await new Promise<ServedRoutes>((resolve, reject) => {
    child.stdout.once('data', (line: Buffer) => resolve(JSON.parse(line.toString())));
    child.once('exit', code => reject(new Error(`the server ended with ${code}`)));
  });
  return { child, served };
}

function end(child: ChildProcess): Promise<void> {
  return new Promise(resolve => {
    child.once('exit', () => resolve());
    child.kill();
  });
}

await main();
