import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type Channel, channelRow } from '../../model/channel.ts';
import type { MetricName } from '../../model/metrics.ts';
import { type Stream, streamRow } from '../../model/stream.ts';
import type { Database } from '../../store/database.ts';
import { type EventDependencies, eventHandler } from '../../streamEventsApi/handleEvent.ts';
import { emptyChannel } from './channelState.ts';

/** A handler on `database`, and what it logged and counted. */
export function handling(database: Database, overrides: Partial<EventDependencies> = {}) {
  const logged: { level: string; message: string; attributes: Record<string, unknown> }[] = [];
  const counted: MetricName[] = [];
  const at = (level: string) => (message: string, attributes: Record<string, unknown>) =>
    void logged.push({ level, message, attributes });
  const dependencies: EventDependencies = {
    database,
    clock: () => new Date(),
    log: { info: at('info'), warn: at('warn'), error: at('error') },
    count: name => void counted.push(name),
    ...overrides,
  };
  return { handle: eventHandler(dependencies), dependencies, logged, counted };
}

export async function putChannel(database: Database, overrides: Partial<Channel> = {}): Promise<Channel> {
  const channel = emptyChannel(overrides);
  await database.client.send(new PutCommand({ TableName: database.names.channels, Item: channel }));
  return channel;
}

export async function readChannelRow(database: Database, id: string): Promise<Channel> {
  const key = { TableName: database.names.channels, Key: { id }, ConsistentRead: true };
  return channelRow.parse((await database.client.send(new GetCommand(key))).Item);
}

/** Every session row of a channel, read consistently. */
export async function readSessions(database: Database, channelId: string): Promise<Stream[]> {
  const query = {
    TableName: database.names.streams,
    ConsistentRead: true,
    KeyConditionExpression: 'channelId = :id',
    ExpressionAttributeValues: { ':id': channelId },
  };
  const { Items = [] } = await database.client.send(new QueryCommand(query));
  return Items.map(item => streamRow.parse(item));
}
