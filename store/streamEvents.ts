import { type StreamEvent, streamEventRow } from '../model/streamEvent.ts';
import type { Database } from './database.ts';
import { type Page, type PageRequest, queryPage } from './pages.ts';
import type { TransactItem } from './transaction.ts';

type StreamEventsDatabase = Database<'streamEvents'>;

/** Adds an event to its session's timeline. The condition fails when its occurrence is already there. */
export function addEvent({ names }: Pick<StreamEventsDatabase, 'names'>, event: StreamEvent): TransactItem {
  return {
    Put: { TableName: names.streamEvents, Item: event, ConditionExpression: 'attribute_not_exists(id)' },
  };
}

/** Lists a session's timeline in order. One request per page. */
export function listEvents(
  database: StreamEventsDatabase,
  streamId: string,
  page: PageRequest,
): Promise<Page<StreamEvent>> {
  return queryPage(
    database,
    streamEventRow,
    {
      TableName: database.names.streamEvents,
      KeyConditionExpression: 'streamId = :streamId',
      ExpressionAttributeValues: { ':streamId': streamId },
    },
    page,
  );
}
