import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Channel } from '../model/channel.ts';
import { listLive } from '../store/channels.ts';
import type { Database } from '../store/database.ts';
import { emptyChannel } from '../test/support/channelState.ts';
import { benchClient, countRequests, fill, withDatabase } from './support/database.ts';
import { printTable, rate, times } from './support/report.ts';

// One page of the directory: its requests and its rate, as the number of channels grows, and beside the usual way.
const PAGE = 50;
const LIVE = 200;
const SIZES = [1_000, 10_000, 100_000];
const COMPARED_AT = 10_000;
const ROUND = 200;

/** `count` channels of which the first 200 are live. */
function* channels(from: number, count: number): Generator<Channel> {
  for (let n = from; n < count; n++) {
    const id = `channel${n}`;
    const startedAt = new Date(Date.UTC(2026, 0, 15) + n * 1000).toISOString();
    const live = {
      isLive: true,
      live: 'true' as const,
      liveStartedAt: startedAt,
      liveCategoryId: `c${n % 10}`,
      openStreamId: `st-${n}`,
    };
    const name = { username: id, usernameKey: id, title: `Stream ${n}`, categoryId: `c${n % 10}` };
    yield emptyChannel({
      id,
      arn: `arn:aws:ivs:us-west-2:123456789012:channel/${id}`,
      ...name,
      ...(n < LIVE ? live : {}),
    });
  }
}

async function main(): Promise<void> {
  await withDatabase(async (database, endpoint) => {
    const usual = await usualDirectory(database);
    const measured = { client: benchClient(endpoint), names: database.names };
    const requests = countRequests(measured);
    const rows: (string | number)[][] = [['channels', 'requests/page', 'pages/s', 'beside the smallest']];
    await fill(database, database.names.channels, channels(0, LIVE));
    // The first pages also compile the code that makes them.
    await rate(ROUND, () => listLive(measured, undefined, { limit: PAGE }));
    let smallest = 0;
    let compared: (string | number)[][] = [];
    let filled = 0;
    for (const size of SIZES) {
      await fill(database, database.names.channels, channels(filled, size));
      filled = size;
      const before = requests();
      const page = await listLive(measured, undefined, { limit: PAGE });
      if (page.items.length !== PAGE) throw new Error(`a page of ${page.items.length}`);
      const perPage = requests() - before;
      const pages = await rate(ROUND, () => listLive(measured, undefined, { limit: PAGE }));
      smallest ||= pages;
      rows.push([size, perPage, Math.round(pages), times(pages / smallest)]);
      if (size === COMPARED_AT) {
        await fill(database, usual.users, usualUsers(size));
        await fill(database, usual.streams, usualStreams());
        await rate(5, () => usual.directory());
        const whole = await rate(10, () => usual.directory());
        const cut = await rate(10, () => usual.directory(PAGE));
        compared = [
          ['way', 'requests', 'answers/s', 'ours is'],
          ['one query of the sparse index: a page of 50', perPage, Math.round(pages), ''],
          ['scan of an index, a query a channel: all 200', LIVE + 1, Math.round(whole), times(pages / whole)],
          [
            'the same, cut to the newest 50 before the queries',
            PAGE + 1,
            Math.round(cut),
            times(pages / cut),
          ],
        ];
      }
    }
    printTable(`directory: a page of ${PAGE}, ${LIVE} channels live`, rows);
    printTable(
      `directory: ${LIVE} live among ${COMPARED_AT.toLocaleString('en')}, beside the usual way`,
      compared,
    );
    measured.client.destroy();
  });
}

/**
 * The usual way: scan the index of open streams, which has no order, sort what it gives, and look each one's user up
 * by the channel's ARN.
 */
async function usualDirectory({ client }: Database) {
  const users = 'usual-users';
  const streams = 'usual-streams';
  const S = 'S' as const;
  const table = (TableName: string, hash: string, index: string, indexed: string) =>
    client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [hash, indexed].map(AttributeName => ({ AttributeName, AttributeType: S })),
        KeySchema: [{ AttributeName: hash, KeyType: 'HASH' }],
        GlobalSecondaryIndexes: [
          {
            IndexName: index,
            KeySchema: [{ AttributeName: indexed, KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
          },
        ],
      }),
    );
  await table(users, 'id', 'channelArnIndex', 'channelArn');
  await table(streams, 'id', 'isOpenIndex', 'isOpen');
  const directory = async (limit = LIVE) => {
    const { Items = [] } = await client.send(
      new ScanCommand({ TableName: streams, IndexName: 'isOpenIndex' }),
    );
    const newest = Items.sort((a, b) => (a['startTime'] < b['startTime'] ? 1 : -1)).slice(0, limit);
    const owners = newest.map(stream =>
      client.send(
        new QueryCommand({
          TableName: users,
          IndexName: 'channelArnIndex',
          KeyConditionExpression: 'channelArn = :arn',
          ExpressionAttributeValues: { ':arn': stream['channelArn'] },
        }),
      ),
    );
    return (await Promise.all(owners)).length;
  };
  return { users, streams, directory };
}

function* usualUsers(count: number) {
  for (const { id, arn, username, title, playbackUrl } of channels(0, count))
    yield { id: `user-${id}`, channelArn: arn, username, title, playbackUrl };
}

function* usualStreams() {
  for (const { id, arn, liveStartedAt } of channels(0, LIVE))
    yield { id: `st-${id}`, channelArn: arn, startTime: liveStartedAt, isOpen: 'true' };
}

await main();
