import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { rooms } from '../../ivs/rooms.ts';
import { openStreams, type StreamArns } from '../../local/dynamo/openStreams.ts';
import type { RoomEvent } from '../../local/ivs/roomState.ts';
import { announcements } from '../../operations/redriveHandling.ts';
import { testAttachments } from '../support/attachments.ts';
import { localCredentials, useDatabase } from '../support/database.ts';
import { channel, putRows } from '../support/rows.ts';
import { startIvs, type TestIvs } from '../unit/localIvsEndpoint.ts';

const database = useDatabase();
let ivs: TestIvs;
let streams: DynamoDBStreamsClient;
let arns: StreamArns;
let chatRoomArn: string;
const sent: RoomEvent[] = [];
beforeAll(async () => {
  ivs = await startIvs({ onRoomEvent: event => sent.push(event) });
  const settings = { ...localCredentials, endpoint: database().engine.endpoint };
  streams = new DynamoDBStreamsClient(settings);
  const client = new DynamoDBClient(settings);
  arns = await openStreams(client, database().names);
  client.destroy();
  const { createRoom } = rooms(ivs.chat, { stackName: 'UGC-test', clock: () => new Date() }, testAttachments);
  chatRoomArn = (await createRoom({ userId: 'user-ann', name: 'ann' })).arn;
});
afterAll(async () => {
  streams.destroy();
  await ivs.stop();
});
beforeEach(() => {
  sent.length = 0;
});

/** The number of changes of `channels` so far. The engine numbers them from 1. */
let changes = 0;

/** Creates a channel that then has each of the titles. Returns the positions of these changes. */
async function channelWith(username: string, ...titles: string[]): Promise<string[]> {
  await putRows(database(), 'channels', [channel({ username, title: 'First', chatRoomArn })]);
  changes += 1;
  for (const [index, title] of titles.entries())
    await database().client.send(
      new UpdateItemCommand({
        TableName: database().names.channels,
        Key: { id: { S: username } },
        UpdateExpression: 'SET title = :title, version = :version',
        ExpressionAttributeValues: { ':title': { S: title }, ':version': { N: String(index + 1) } },
      }),
    );
  changes += titles.length;
  return titles.map((_, index) => String(changes - titles.length + 1 + index));
}
const redrive = (
  startSequenceNumber = '',
  endSequenceNumber = startSequenceNumber,
  streamArn = arns.get('channels'),
) =>
  announcements({ database: database(), streams, chat: ivs.chat, say: () => {} }).handle({
    streamArn,
    shardId: `shardId-00000001-${database().names.channels}`,
    startSequenceNumber,
    endSequenceNumber,
    batchSize: 1,
  });

describe('redriving an announcement', () => {
  test('tells the state that the channel has now, not the one that failed', async () => {
    const [first] = await channelWith('ann', 'Second', 'Third');
    expect(await redrive(first)).toBe('announced');
    expect(sent).toMatchObject([{ name: 'stream:updated', attributes: { title: 'Third', version: '2' } }]);
  });

  test('tells nothing of a change that was taken back, or of a channel that is gone', async () => {
    const [first] = await channelWith('back', 'Second', 'First');
    expect(await redrive(first)).toBe('no longer news');
    await channelWith('other');
    expect(await redrive(String(changes))).toBe('no longer news');
    expect(sent).toEqual([]);
  });

  test('tells every change of a batch', async () => {
    const [one] = await channelWith('one', 'Second');
    const [two] = await channelWith('two', 'Second');
    expect(await redrive(one, two)).toBe('announced');
    expect(sent.map(event => (event.kind === 'event' ? event.attributes['channelId'] : ''))).toEqual([
      'one',
      'two',
    ]);
  });

  test('is over when the stream does not have the changes any more', async () => {
    const gone = (arns.get('channels') ?? '').replace(database().names.channels, 'deleted');
    expect(await redrive('1', '1', gone)).toBe('expired');
  });

  test('fails while IVS fails, so that the message stays', async () => {
    const [first] = await channelWith('fails', 'Second');
    ivs.simulator.faults.add({ operation: 'SendEvent', failure: 'failed' });
    await expect(redrive(first)).rejects.toThrow('Unexpected error');
    expect(await redrive(first)).toBe('announced');
  });
});
