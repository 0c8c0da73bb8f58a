import { type StreamEvent, streamEventRow } from '../model/streamEvent.ts';
import type { Database } from './database.ts';
import { type Page, type PageRequest, queryPage } from './pages.ts';
import type { TransactItem } from './transaction.ts';

type StreamEventsDatabase = Database<'streamEvents'>;

/** Adds an event to its session's timeline; the condition fails if its occurrence is there already. */
export function addEvent({ names }: Pick<StreamEventsDatabase, 'names'>, event: StreamEvent): TransactItem {
  return {
    Put: { TableName: names.streamEvents, Item: event, ConditionExpression: 'attribute_not_exists(id)' },
  };
}

/** A session's timeline, in order. One request a page. */
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
