import { type ChildProcess, spawn } from 'node:child_process';
import { Agent, request as httpRequest } from 'node:http';
import { json } from 'node:stream/consumers';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Database } from '../store/database.ts';
import { channel, live } from '../test/support/rows.ts';
import { fill, withDatabase } from './support/database.ts';
import { addFigure, compareRates, median, printTable, ratioWithSpread } from './support/report.ts';
import type { ServedRoutes } from './support/routesServer.ts';

// The overhead of the API's routes: their rate compared with minimal Hono routes that send the same DynamoDB
// requests and return the rows, and with the same routes that also send the API's headers and an ETag. One process
// serves all, and this one sends the HTTP requests.
const CHANNELS = 1_000;
const LIVE = 200;
const VIEWERS = 1_000;
const POLLS = 6;
const MORNING = '2026-01-15T08:00:00.000Z';
const CONNECTIONS = 16;
const REQUESTS = 400;
const ROUNDS = 9;

async function main(): Promise<void> {
  await withDatabase(async (database, endpoint) => {
    await fillTables(database);
    const { child, served } = await startServer(endpoint);
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    // Guests read the public routes.
    const get = (url: string) => getJson(agent, url, url.includes('/users/me') ? served.token : undefined);
    try {
      const routes = [
        ['directory, 50 of 200 channels', '/v1/channels?isLive=true', '/directory'],
        ['channel page of a live channel', '/v1/channels/user1', '/channels/user1'],
      ] as const;
      const rows: (string | number)[][] = [
        ['route', 'answers per second', 'minimal route', 'speed vs. minimal', 'vs. minimal with the headers'],
      ];
      for (const [name, path, minimalPath] of routes) {
        const compared = await compareRates(
          ROUNDS,
          load(get, `${served.api}${path}`),
          load(get, `${served.minimal}${minimalPath}`),
        );
        const { ours, baseline, ratios } = compared;
        const { ratios: described } = await compareRates(
          ROUNDS,
          load(get, `${served.api}${path}`),
          load(get, `${served.minimal}/described${minimalPath}`),
        );
        rows.push([
          ...[name, Math.round(median(ours)), Math.round(median(baseline))],
          ...[ratios, described].map(ratioWithSpread),
        ]);
        addFigure(`${name}: rate compared with a minimal route`, ratios, { atLeast: 0.95 });
      }
      printTable(`Routes: HTTP with ${CONNECTIONS} connections, median of ${ROUNDS} rounds`, rows);

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
      printTable(`Routes: ${VIEWERS.toLocaleString('en')} viewers poll the directory ${POLLS} times`, [
        ['answers come from', 'requests to the API', 'DynamoDB requests', 'kB sent by the API'],
        ...(await polling(agent, served, database)),
      ]);
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

/** Returns a function that sends `REQUESTS` requests for `url`, and returns their number. */
function load(get: (url: string) => Promise<unknown>, url: string): () => Promise<number> {
  return async () => {
    let left = REQUESTS;
    const connection = async () => {
      while (left-- > 0) await get(url);
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, connection));
    return REQUESTS;
  };
}

/** How the answers of a poll reach the viewers. */
const deliveries = [
  'the API, whole',
  'the API, gzip and ETag',
  'a CDN, which asks the API with the ETag',
] as const;

/**
 * Viewers poll the directory, all at the same time. Before every second poll, one channel changes. A CDN sends
 * one request for all viewers of a poll, because polls are further apart than the `s-maxage` of the answer.
 */
async function polling(agent: Agent, served: ServedRoutes, { client, names }: Database) {
  const requestCount = async () => Number(await getJson(agent, `${served.minimal}/requestCount`));
  const rows: (string | number)[][] = [];
  for (const delivery of deliveries) {
    const [before, tags] = [await requestCount(), new Map<number, string>()];
    let [requests, bytes] = [0, 0];
    for (let poll = 0; poll < POLLS; poll++) {
      if (poll % 2 === 1) {
        const Item = live(channel({ id: 'channel-199', username: 'user199' }), {
          startedAt: MORNING,
        }).channel;
        await client.send(
          new PutCommand({ TableName: names.channels, Item: { ...Item, title: `${delivery} ${poll}` } }),
        );
      }
      let viewer = 0;
      const askers = delivery === deliveries[2] ? 1 : VIEWERS;
      const connection = async () => {
        while (viewer < askers) {
          const asker = viewer++;
          const isPlain = delivery === deliveries[0];
          const tag = isPlain ? undefined : tags.get(asker);
          const answer = await sized(agent, `${served.api}/v1/channels?isLive=true`, {
            ...(isPlain ? {} : { 'Accept-Encoding': 'gzip' }),
            ...(tag === undefined ? {} : { 'If-None-Match': tag }),
          });
          tags.set(asker, answer.tag);
          requests++;
          bytes += answer.bytes;
        }
      };
      await Promise.all(Array.from({ length: CONNECTIONS }, connection));
    }
    rows.push([delivery, requests, (await requestCount()) - before, Math.round(bytes / 1000)]);
  }
  return rows;
}

/** Sends a GET request. Returns the size of the answer's body as it was sent, and its ETag. */
function sized(
  agent: Agent,
  url: string,
  headers: Record<string, string>,
): Promise<{ bytes: number; tag: string }> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { agent, headers }, answer => {
      if (answer.statusCode !== 200 && answer.statusCode !== 304)
        return reject(new Error(`${url} was answered with ${answer.statusCode}`));
      let bytes = 0;
      answer.on('data', (part: Buffer) => {
        bytes += part.length;
      });
      answer.once('end', () => resolve({ bytes, tag: answer.headers.etag ?? '' })).once('error', reject);
    });
    sent.once('error', reject).end();
  });
}

function getJson(agent: Agent, url: string, token?: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
    const sent = httpRequest(url, { agent, headers }, answer => {
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
