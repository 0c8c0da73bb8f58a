import { type StreamEvent, streamEventRow } from '../model/streamEvent.ts';
import type { Timestamp } from '../model/time.ts';
import type { Database } from './database.ts';
import { type Page, type PageRequest, queryPage } from './pages.ts';
import type { TransactItem } from './transaction.ts';

type StreamEventsDatabase = Database<'streamEvents'>;

/** The range key that keeps a timeline in order and each event in it once. */
export function streamEventId(time: Timestamp, eventId: string): string {
  return `${time}#${eventId}`;
}

/** Adds an event to its session's timeline; the condition fails if it is there already. */
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
