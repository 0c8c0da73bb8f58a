import { randomBytes } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
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

/** The whole API. Its log lines are discarded. */
function api(database: Database) {
  return createApi(benchDependencies(database, { tokens, clock, logger: lineLogger(() => {}) }));
}

/** Minimal routes that send the same DynamoDB requests as the API and return the rows. */
function minimalRoutes({ client, names }: Database, requestCount: () => number) {
  const app = new Hono();
  // The number of requests that the API has sent to DynamoDB so far.
  app.get('/requestCount', c => c.json(requestCount()));
  app.get('/directory', async c => {
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
    return c.json({ items: items.slice(0, PAGE) });
  });
  app.get('/channels/:username', async c => {
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
    return c.json({ ...channel, stream: Item });
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
