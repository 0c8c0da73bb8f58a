import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Database } from '../../store/database.ts';

const users = 'baseline-users';
const streams = 'baseline-streams';
const S = 'S' as const;

/** Creates the tables of the baseline, and returns the name of its users table. */
export async function createBaselineTables({ client }: Database): Promise<string> {
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
  return users;
}

/**
 * A common way to handle IVS events. It finds the user by the channel's ARN, reads the session's whole event
 * list, appends the event, sorts the list and writes it. On Session Created it closes the channel's open
 * sessions one by one. It has no conditions, so it loses concurrent updates, and late events reopen sessions.
 */
export function baselineHandler({ client }: Database): Handle {
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
    if (name === 'Stream Start' || name === 'Session Ended') {
      const channel = { TableName: users, Key: { id: user.Items[0]['id'] } };
      await client.send(
        new UpdateCommand({
          ...channel,
          UpdateExpression: 'SET isLive = :isLive',
          ExpressionAttributeValues: { ':isLive': name === 'Stream Start' },
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
