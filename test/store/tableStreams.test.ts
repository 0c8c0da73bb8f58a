import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { BatchResponse } from '../../lambdas/announce/announcer.ts';
import type { StreamBatch, StreamRecord } from '../../lambdas/announce/streamRecord.ts';
import { openStreams, type StreamArns } from '../../local/dynamo/openStreams.ts';
import type { StateStore } from '../../local/stateStore.ts';
import { type FailedChanges, tableStreams } from '../../local/tableStreams.ts';
import { announceSource } from '../../model/functions.ts';
import { eventually } from '../e2e/eventually.ts';
import { localCredentials, useDatabase } from '../support/database.ts';
import { randomNumbers } from '../support/randomNumbers.ts';

const database = useDatabase();
let client: DynamoDBStreamsClient;
let all: StreamArns;
beforeAll(async () => {
  const settings = { ...localCredentials, endpoint: database().engine.endpoint };
  client = new DynamoDBStreamsClient(settings);
  const tables = new DynamoDBClient(settings);
  all = await openStreams(tables, database().names);
  // The second time, the streams exist and stay as they are.
  expect(await openStreams(tables, database().names)).toEqual(all);
  tables.destroy();
});
afterAll(() => client.destroy());

/** Changes a row of `channels`, which is created first. */
async function change(id: string, ...titles: string[]) {
  const TableName = database().names.channels;
  await database().client.send(new PutCommand({ TableName, Item: { id } }));
  for (const title of titles)
    await database().client.send(
      new UpdateItemCommand({
        TableName,
        Key: { id: { S: id } },
        UpdateExpression: 'SET title = :title',
        ExpressionAttributeValues: { ':title': { S: title } },
      }),
    );
}

/** What a process stored, so that the next one can read it. */
function memory(): StateStore & { readonly rows: Map<string, unknown> } {
  const rows = new Map<string, unknown>();
  return {
    rows,
    read: (_, schema) => [...rows].map(([id, value]) => ({ id, value: schema.parse(value) })),
    put: (_, id, value) => void rows.set(id, value),
    remove: () => {},
    saved: async () => {},
    newId: () => '',
  };
}

const titleOf = ({ dynamodb }: StreamRecord) =>
  JSON.stringify(dynamodb.NewImage).match(/"title":\{"S":"(.*?)"/)?.[1] ?? '';
const done: BatchResponse = { batchItemFailures: [] };
const from = (record: StreamRecord | undefined): BatchResponse => ({
  batchItemFailures: record === undefined ? [] : [{ itemIdentifier: record.dynamodb.SequenceNumber }],
});

function follow(handler: (batch: StreamBatch) => Promise<BatchResponse>, stateStore: StateStore) {
  const dead: FailedChanges[] = [];
  const failures: unknown[] = [];
  const streams = tableStreams({
    client,
    streams: new Map([...all].filter(([name]) => name === 'channels')),
    handler,
    onDeadLetter: letter => dead.push(letter),
    onFailure: error => failures.push(error),
    stateStore,
  });
  return { dead, failures, stop: streams.stop };
}

test('a change that fails too often is isolated and becomes a dead letter; all others are handled once, in order', async () => {
  await change('row', ...Array.from({ length: 9 }, (_, n) => `t${n}`));
  const handled: string[] = [];
  let tries = 0;
  const store = memory();
  const { dead, failures, stop } = follow(async ({ Records }) => {
    const poison = Records.find(record => titleOf(record) === 't4');
    const before = poison === undefined ? Records : Records.slice(0, Records.indexOf(poison));
    handled.push(...before.map(titleOf));
    if (poison !== undefined && Records.length === 1) tries += 1;
    return from(poison);
  }, store);
  await eventually(
    async () => handled,
    titles => titles.includes('t8'),
  );
  await stop();
  expect(handled).toEqual(['t0', 't1', 't2', 't3', 't5', 't6', 't7', 't8']);
  expect(tries).toBe(announceSource.retryAttempts + 1);
  expect(dead).toMatchObject([{ batchSize: 1, attempts: tries, streamArn: all.get('channels') }]);
  expect(failures).toEqual([]);

  // The next process does not begin again.
  const next: string[] = [];
  await change('row2', 'later');
  const second = follow(async ({ Records }) => {
    next.push(...Records.map(titleOf));
    return done;
  }, store);
  await eventually(
    async () => next,
    titles => titles.length > 0,
  );
  await second.stop();
  expect(next).toEqual(['later']);
});

test('processes that are stopped and handlers that fail anywhere lose no change, and repeat none before an earlier one', async () => {
  const random = randomNumbers(5);
  const store = memory();
  const titles = Array.from({ length: 40 }, (_, n) => `u${String(n).padStart(2, '0')}`);
  const handled: string[] = [];
  const writing = change('row3', ...titles);
  while (!handled.includes('u39')) {
    let isKilled = false;
    const { stop, dead } = follow(async ({ Records }) => {
      const news = Records.filter(record => titleOf(record).startsWith('u'));
      for (const record of news) {
        if (isKilled || random() < 0.1) throw new Error('the function crashed');
        if (random() < 0.1) return from(record);
        handled.push(titleOf(record));
      }
      return done;
    }, store);
    const wanted = handled.length + 5;
    await eventually(
      async () => handled,
      list => list.length >= wanted || list.includes('u39'),
    );
    isKilled = true;
    await stop();
    expect(dead).toEqual([]);
  }
  await writing;
  expect([...new Set(handled)]).toEqual(titles);
});
