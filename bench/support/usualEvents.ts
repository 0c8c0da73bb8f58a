import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Database } from '../../store/database.ts';

const users = 'usual-users';
const streams = 'usual-streams';
const S = 'S' as const;

/** Makes the tables of the usual way; `table` is where its users go. */
export async function usualEvents({ client }: Database): Promise<{ table: string }> {
  await client.send(
    new CreateTableCommand({
      TableName: users,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: S },
        { AttributeName: 'channelArn', AttributeType: S },
      ],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'channelArnIndex',
          KeySchema: [{ AttributeName: 'channelArn', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  await client.send(
    new CreateTableCommand({
      TableName: streams,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'channelArn', AttributeType: S },
        { AttributeName: 'id', AttributeType: S },
        { AttributeName: 'isOpen', AttributeType: S },
      ],
      KeySchema: [
        { AttributeName: 'channelArn', KeyType: 'HASH' },
        { AttributeName: 'id', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'isOpenIndex',
          KeySchema: [
            { AttributeName: 'channelArn', KeyType: 'HASH' },
            { AttributeName: 'isOpen', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  return { table: users };
}

/**
 * The usual way to handle IVS events, for comparison: find the user by the channel's ARN, read the session's whole
 * event list, append, sort and rewrite it; on Session Created query the channel's open sessions and close them one
 * by one. No conditions: it loses updates under concurrency and is fooled by late events.
 */
export function usualHandler({ client }: Database): Handle {
  return async event => {
    const channelArn = event.resources[0] ?? '';
    const id = String(event.detail['stream_id']);
    const user = await client.send(
      new QueryCommand({
        TableName: users,
        IndexName: 'channelArnIndex',
        KeyConditionExpression: 'channelArn = :arn',
        ExpressionAttributeValues: { ':arn': channelArn },
      }),
    );
    if (user.Items?.[0] === undefined) return;
    const { Item = { channelArn, id, events: [] } } = await client.send(
      new GetCommand({ TableName: streams, Key: { channelArn, id } }),
    );
    const events = [...Item['events'], event].sort((a, b) => (a.time < b.time ? -1 : 1));
    const name = event.detail['event_name'];
    if (name === 'Session Created') {
      const open = await client.send(
        new QueryCommand({
          TableName: streams,
          IndexName: 'isOpenIndex',
          KeyConditionExpression: 'channelArn = :arn AND isOpen = :open',
          ExpressionAttributeValues: { ':arn': channelArn, ':open': 'true' },
        }),
      );
      for (const stream of open.Items ?? []) {
        const Key = { channelArn, id: stream['id'] };
        await client.send(new UpdateCommand({ TableName: streams, Key, UpdateExpression: 'REMOVE isOpen' }));
      }
    }
    const { isOpen, ...rest } = Item;
    const opens = name === 'Session Created' ? 'true' : name === 'Session Ended' ? undefined : isOpen;
    const next = { ...rest, events, ...(opens === undefined ? {} : { isOpen: opens }) };
    await client.send(new PutCommand({ TableName: streams, Item: next }));
    if (name === 'Session Ended') {
      const channel = { TableName: users, Key: { id: user.Items[0]['id'] } };
      await client.send(
        new UpdateCommand({
          ...channel,
          UpdateExpression: 'SET isLive = :no',
          ExpressionAttributeValues: { ':no': false },
        }),
      );
    }
  };
}

interface EventLike {
  readonly time: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}
export type Handle = (event: EventLike) => Promise<void>;
