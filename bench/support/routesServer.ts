import { createHash, randomBytes } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { getRequestListener } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { tokenIssuer } from '../../domain/accounts/tokens.ts';
import { createApi } from '../../lambdas/api/api.ts';
import { LOOPBACK } from '../../local/dynamo/engine.ts';
import { lineLogger } from '../../local/log.ts';
import { present, shardsOf } from '../../model/row.ts';
import { tableNames } from '../../model/tables.ts';
import type { Database } from '../../store/database.ts';
import { benchDependencies } from './benchApi.ts';
import { benchClient, countRequests } from './database.ts';

/** The first line of output of the measured process: the URLs of the API and of the minimal routes. */
export interface ServedRoutes {
  readonly api: string;
  readonly minimal: string;
  /** An access token of the user `user-1`, whose channel is `channel-1`. */
  readonly token: string;
}

const PAGE = 50;

const clock = () => new Date();
const key = { id: 'key', secret: randomBytes(32) };
const tokens = tokenIssuer({ keys: { current: async () => key, withId: async () => key }, clock });

// Log lines are formatted and discarded.
const log = lineLogger(() => {});

/** The whole API. */
function api(database: Database) {
  return createApi(benchDependencies(database, { tokens, clock, logger: log }));
}

/** The headers that the API adds to every answer, with values of the same length. */
const describedHeaders = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'ETag,Idempotency-Replayed,Retry-After,X-Request-Id',
  'Cache-Control': 'public, max-age=2, s-maxage=2',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'Referrer-Policy': 'no-referrer',
  'Strict-Transport-Security': 'max-age=15552000; includeSubDomains',
  Vary: 'Authorization, Accept-Encoding',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/**
 * Answers with the headers of the API, an ETag and a request id, and logs the request: what any API with
 * these needs, in the fewest steps.
 */
function described(c: Context, value: object) {
  const body = JSON.stringify(value);
  const ETag = `W/"${createHash('sha1').update(body).digest('hex')}"`;
  const requestId = crypto.randomUUID();
  log.info('request', { requestId, method: c.req.method, path: c.req.path, status: 200, durationMs: 1 });
  const headers = { ...describedHeaders, ETag, 'X-Request-Id': requestId };
  if (c.req.header('If-None-Match') === ETag) return c.body(null, 304, headers);
  return c.body(body, 200, { ...headers, 'Content-Type': 'application/json' });
}

/**
 * Minimal routes that send the same DynamoDB requests as the API and return the rows. Below `/described`, they
 * answer with the headers of the API.
 */
function minimalRoutes({ client, names }: Database, requestCount: () => number) {
  const app = new Hono();
  const get = (path: string, rows: (c: Context) => Promise<object>) => {
    app.get(path, async c => c.json(await rows(c)));
    app.get(`/described${path}`, async c => described(c, await rows(c)));
  };
  // The number of requests that the API has sent to DynamoDB so far.
  app.get('/requestCount', c => c.json(requestCount()));
  get('/directory', async () => {
    const answers = shardsOf(present).map(shard =>
      client.send(
        new QueryCommand({
          TableName: names.channels,
          IndexName: 'liveIndex',
          KeyConditionExpression: '#hash = :value',
          ExpressionAttributeNames: { '#hash': 'live' },
          ExpressionAttributeValues: { ':value': shard },
          ScanIndexForward: false,
          Limit: PAGE,
        }),
      ),
    );
    const items = (await Promise.all(answers)).flatMap(({ Items = [] }) => Items);
    return { items: items.slice(0, PAGE) };
  });
  get('/channels/:username', async c => {
    const query = new QueryCommand({
      TableName: names.channels,
      IndexName: 'usernameIndex',
      KeyConditionExpression: 'usernameKey = :key',
      ExpressionAttributeValues: { ':key': c.req.param('username') },
      Limit: 1,
    });
    const [channel] = (await client.send(query)).Items ?? [];
    const Key = { channelId: channel?.['id'], id: channel?.['openStreamId'] };
    const { Item } = await client.send(new GetCommand({ TableName: names.streams, Key }));
    return { ...channel, stream: Item };
  });
  return app;
}

function serve(listener: RequestListener): Promise<string> {
  // The connections of one implementation wait while the other is measured.
  const server = createServer({ keepAliveTimeout: 60_000 }, listener);
  return new Promise(resolve => {
    server.listen(0, LOOPBACK, () => {
      const address = server.address();
      resolve(`http://${LOOPBACK}:${typeof address === 'object' && address !== null ? address.port : 0}`);
    });
  });
}

/** Serves both from one process, with the tables `bench-*` of the engine at `endpoint`. */
async function main([endpoint = '']: readonly string[]): Promise<void> {
  const names = Object.fromEntries(tableNames.map(name => [name, `bench-${name}`])) as Database['names'];
  const database = () => ({ client: benchClient(endpoint), names });
  const apiDatabase = database();
  const requestCount = countRequests(apiDatabase);
  const served: ServedRoutes = {
    api: await serve(getRequestListener(api(apiDatabase).fetch)),
    minimal: await serve(getRequestListener(minimalRoutes(database(), requestCount).fetch)),
    token: await tokens.issue({ id: 'user-1', username: 'user1', channelId: 'channel-1' }, 'family'),
  };
  console.log(JSON.stringify(served));
}

void main(process.argv.slice(2));
