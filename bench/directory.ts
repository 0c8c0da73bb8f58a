import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { type Channel, directoryKeys } from '../model/channel.ts';
import { listLive } from '../store/channels.ts';
import type { Database } from '../store/database.ts';
import { emptyChannel } from '../test/support/channelState.ts';
import { benchClient, countRequests, fill, withDatabase } from './support/database.ts';
import { addFigure, printTable, rate, ratio } from './support/report.ts';

// The requests and the rate of a directory page with more and more channels, compared with a baseline.
const PAGE = 50;
const LIVE = 200;
const SIZES = [1_000, 10_000, 100_000];
const COMPARED_AT = 10_000;
const ROUND = 200;

/** Yields channels. The first 200 are live. */
function* channels(from: number, count: number): Generator<Channel> {
  for (let n = from; n < count; n++) {
    const id = `channel${n}`;
    const startedAt = new Date(Date.UTC(2026, 0, 15) + n * 1000).toISOString();
    const live = {
      isLive: true,
      liveStartedAt: startedAt,
      ...directoryKeys({ id, categoryId: `c${n % 10}` }),
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
    const baseline = await createBaseline(database);
    const measured = { client: benchClient(endpoint), names: database.names };
    const requests = countRequests(measured);
    const rows: (string | number)[][] = [
      ['channels in the table', 'DynamoDB requests per page', 'pages per second', 'speed vs. smallest table'],
    ];
    await fill(database, database.names.channels, channels(0, LIVE));
    // A warm-up, because the first pages also compile the code.
    await rate(ROUND, () => listLive(measured, undefined, { limit: PAGE }));
    let smallest = 0;
    let compared: (string | number)[][] = [];
    let filled = 0;
    for (const size of SIZES) {
      await fill(database, database.names.channels, channels(filled, size));
      filled = size;
      const before = requests();
      const page = await listLive(measured, undefined, { limit: PAGE });
      if (page.items.length !== PAGE)
        throw new Error(`a page has ${page.items.length} channels instead of ${PAGE}`);
      const perPage = requests() - before;
      const pages = await rate(ROUND, () => listLive(measured, undefined, { limit: PAGE }));
      smallest ||= pages;
      rows.push([size, perPage, Math.round(pages), ratio(pages / smallest)]);
      addFigure(
        `directory among ${size.toLocaleString('en')} channels: DynamoDB requests per page`,
        perPage,
        {
          atMost: 4,
        },
      );
      if (size > (SIZES[0] ?? size))
        addFigure(
          `directory among ${size.toLocaleString('en')} channels: rate compared with the smallest table`,
          pages / smallest,
          {
            atLeast: 0.8,
          },
        );
      if (size === COMPARED_AT) {
        await fill(database, baseline.users, baselineUsers(size));
        await fill(database, baseline.streams, baselineStreams());
        await rate(5, () => baseline.directory());
        const whole = await rate(10, () => baseline.directory());
        const newest = await rate(10, () => baseline.directory(PAGE));
        compared = [
          ['implementation', 'DynamoDB requests', 'answers per second', 'speed of this project'],
          [
            'this project: a query per partition of a sparse index, page of 50',
            perPage,
            Math.round(pages),
            '',
          ],
          [
            'baseline: scan, one query per channel, all 200',
            LIVE + 1,
            Math.round(whole),
            ratio(pages / whole),
          ],
          ['baseline, only the newest 50', PAGE + 1, Math.round(newest), ratio(pages / newest)],
        ];
      }
    }
    printTable(`Directory: a page of ${PAGE} with ${LIVE} live channels`, rows);
    printTable(
      `Directory: ${LIVE} live channels among ${COMPARED_AT.toLocaleString('en')}, compared with a baseline`,
      compared,
    );
    measured.client.destroy();
  });
}

/**
 * A common implementation: scans the unordered index of open streams, sorts the streams, and queries the user
 * of each by the channel's ARN.
 */
async function createBaseline({ client }: Database) {
  const users = 'baseline-users';
  const streams = 'baseline-streams';
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

function* baselineUsers(count: number) {
  for (const { id, arn, username, title, playbackUrl } of channels(0, count))
    yield { id: `user-${id}`, channelArn: arn, username, title, playbackUrl };
}

function* baselineStreams() {
  for (const { id, arn, liveStartedAt } of channels(0, LIVE))
    yield { id: `st-${id}`, channelArn: arn, startTime: liveStartedAt, isOpen: 'true' };
}

await main();
