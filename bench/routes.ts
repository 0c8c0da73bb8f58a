import { type ChildProcess, spawn } from 'node:child_process';
import { Agent, request as httpRequest } from 'node:http';
import { json } from 'node:stream/consumers';
import type { Database } from '../store/database.ts';
import { channel, live } from '../test/support/rows.ts';
import { fill, withDatabase } from './support/database.ts';
import { printTable, times } from './support/report.ts';
import type { ServedRoutes } from './support/routesServer.ts';

// What a route costs beside the DynamoDB requests that it cannot do without: the API on the local server, and bare Hono
// routes that make the same requests and answer what comes. Both are in one process, and this one asks them over HTTP.
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
    const ask = (url: string) => answerOf(agent, url, served.token);
    try {
      const routes = [
        ['the directory, 50 of 200', '/v1/channels?isLive=true', '/directory'],
        ["a channel's page, live", '/v1/channels/user1', '/channels/user1'],
      ] as const;
      const rows: (string | number)[][] = [['route', 'answers/s', 'bare answers/s', 'of the bare']];
      for (const [name, ours, bare] of routes) {
        const [our, its] = await ratesOf(ask, [`${served.ours}${ours}`, `${served.bare}${bare}`]);
        rows.push([name, Math.round(our), Math.round(its), times(our / its)]);
      }
      printTable(`routes: over HTTP, ${CONNECTIONS} connections, best of ${ROUNDS} rounds`, rows);

      const paths = [
        ...routes.map(([, path]) => path),
        '/v1/users/me',
        '/v1/users/me/following',
        '/v1/categories',
      ];
      const requests: (string | number)[][] = [['route', 'requests']];
      for (const path of paths) {
        const before = Number(await ask(`${served.bare}/sent`));
        await ask(`${served.ours}${path}`);
        requests.push([`GET ${path}`, Number(await ask(`${served.bare}/sent`)) - before]);
      }
      printTable('routes: DynamoDB requests an answer', requests);
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

/** The greatest rates at which each of `urls` answers, asked in turns: others use this machine too. */
async function ratesOf(
  ask: (url: string) => Promise<unknown>,
  urls: readonly [string, string],
): Promise<[number, number]> {
  const best: [number, number] = [0, 0];
  // The first round compiles the code, and counts for nothing.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [index, url] of urls.entries()) {
      const from = performance.now();
      let left = REQUESTS;
      const connection = async () => {
        while (left-- > 0) await ask(url);
      };
      await Promise.all(Array.from({ length: CONNECTIONS }, connection));
      const rate = (REQUESTS * 1000) / (performance.now() - from);
      if (round > 0 && rate > (best[index] ?? 0)) best[index] = rate;
    }
  }
  return best;
}

function answerOf(agent: Agent, url: string, token: string): Promise<unknown> {
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
