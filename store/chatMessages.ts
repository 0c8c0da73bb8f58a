import { GetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import {
  type ChatMessage,
  type ChatMinute,
  chatDeletionKey,
  chatDeletionRow,
  chatMessageKey,
  chatMessageRow,
  chatMinuteKey,
  chatMinuteRow,
} from '../model/chatMessage.ts';
import { MOCK_ID_PREFIX, type SeedMark, seedMark, seedMarkOf } from '../model/row.ts';
import type { Timestamp } from '../model/time.ts';
import { batchGet } from './batchGet.ts';
import { randomWaits, retryOnConflict } from './conflicts.ts';
import type { Database } from './database.ts';
import { type Page, type PageRequest, queryAll, queryPage } from './pages.ts';
import { isRefusedForGood, type TransactItem, transact } from './transaction.ts';

// The invariants of a room's archive:
// - A message and a deletion are each written once, and never changed: the archive is a set that only grows.
// - A minute counts a message in the transaction that writes it: the count is that of the rows, whatever is repeated.
// - Nothing is written into a room that has no row: what comes after the room's deletion is not left behind.

type ArchiveDatabase = Database<'chatRooms' | 'chatMessages'>;
type MessagesDatabase = Database<'chatMessages'>;

/** What a line of a room's log adds to its archive. */
export type ArchiveEntry =
  | ({ readonly kind: 'message' } & Pick<
      ChatMessage,
      'messageId' | 'sentAt' | 'content' | 'attributes' | 'sender'
    >)
  | { readonly kind: 'deletion'; readonly messageId: string; readonly deletedAt: Timestamp };

// A transaction takes 100 items: the room's check, and for each entry its row and the minute it may be alone in.
const ENTRIES_AT_A_TIME = 49;

// Nobody waits for the answer, and what fails is tried again whole.
const policy = randomWaits({ tries: 12, firstDelayMs: 20, longestDelayMs: 500 });

/** What became of entries: archived but for `refused`, which DynamoDB takes in no company. */
export interface Archived {
  readonly refused: readonly ArchiveEntry[];
}

/**
 * Adds to a room's archive what it does not hold yet; entries may come in any order, and any number of times. One
 * request for 49 entries that are all new, one more where some are not; another one for a mock room. A request that
 * DynamoDB refuses is halved until the entries that it refuses stand alone, about twelve requests for each of them.
 *
 * @returns `noRoom` when there is no such room, or no longer: then nothing more was written.
 * @throws TransactionContentionError when others were faster every time: what is left out can be added again.
 */
export async function archive(
  database: ArchiveDatabase,
  chatRoomId: string,
  entries: readonly ArchiveEntry[],
  now: Timestamp,
): Promise<Archived | 'noRoom'> {
  const mark = await markIn(database, chatRoomId);
  if (mark === undefined) return 'noRoom';
  // By id: DynamoDB refuses a transaction that has a row twice.
  const additions = new Map<string, Addition>();
  for (const entry of entries) {
    const addition = additionOf(chatRoomId, entry);
    if (!additions.has(addition.id)) additions.set(addition.id, addition);
  }
  const all = [...additions.values()];
  const context = { ...mark, createdAt: now, updatedAt: now };
  const refused: Addition[] = [];
  for (let from = 0; from < all.length; from += ENTRIES_AT_A_TIME) {
    const part = all.slice(from, from + ENTRIES_AT_A_TIME);
    const result = await addAllButRefused(database, chatRoomId, part, context);
    if (result === 'noRoom') return result;
    refused.push(...result);
  }
  return { refused: refused.map(({ entry }) => entry) };
}

/** A row to be, and the minute that counts it. */
interface Addition {
  readonly entry: ArchiveEntry;
  readonly id: string;
  readonly minute: Timestamp | undefined;
  readonly row: Readonly<Record<string, unknown>>;
}

type Context = SeedMark & { readonly createdAt: Timestamp; readonly updatedAt: Timestamp };

function additionOf(chatRoomId: string, entry: ArchiveEntry): Addition {
  const { kind, ...members } = entry;
  const [id, minute] =
    entry.kind === 'message'
      ? [chatMessageKey(entry.sentAt, entry.messageId), minuteOf(entry.sentAt)]
      : [chatDeletionKey(entry.messageId), undefined];
  return { entry, id, minute, row: { chatRoomId, id, ...members } };
}

const minuteOf = (time: Timestamp): Timestamp => `${time.slice(0, 'yyyy-mm-ddThh:mm'.length)}:00.000Z`;

/** Gives the additions that DynamoDB refuses; all others are written. */
async function addAllButRefused(
  database: ArchiveDatabase,
  chatRoomId: string,
  additions: readonly Addition[],
  context: Context,
): Promise<readonly Addition[] | 'noRoom'> {
  try {
    const result = await add(database, chatRoomId, additions, context);
    return result === 'noRoom' ? result : [];
  } catch (error) {
    if (!isRefusedForGood(error)) throw error;
    if (additions.length === 1) return additions;
  }
  const middle = Math.ceil(additions.length / 2);
  const first = await addAllButRefused(database, chatRoomId, additions.slice(0, middle), context);
  if (first === 'noRoom') return first;
  const second = await addAllButRefused(database, chatRoomId, additions.slice(middle), context);
  return second === 'noRoom' ? second : [...first, ...second];
}

function add(
  database: ArchiveDatabase,
  chatRoomId: string,
  additions: readonly Addition[],
  context: Context,
): Promise<'archived' | 'noRoom'> {
  let left = additions;
  return retryOnConflict(async () => {
    if (left.length === 0) return 'archived';
    const rows = left.map(({ row }) => putNew(database, { ...row, ...context }));
    const counts = countByMinute(left).map(([minute, messages]) =>
      countMessages(database, { chatRoomId, minute, messages, ...context }),
    );
    const result = await transact(database, [roomExists(database, chatRoomId), ...rows, ...counts]);
    if (result.committed) return 'archived';
    if (result.failed.includes(0)) return 'noRoom';
    // Those are there already, and counted.
    left = left.filter((_, index) => !result.failed.includes(index + 1));
    return 'conflict';
  }, policy);
}

function countByMinute(additions: readonly Addition[]): (readonly [Timestamp, number])[] {
  const counts = new Map<Timestamp, number>();
  for (const { minute } of additions)
    if (minute !== undefined) counts.set(minute, (counts.get(minute) ?? 0) + 1);
  return [...counts];
}

function roomExists({ names }: ArchiveDatabase, id: string): TransactItem {
  const ConditionExpression = 'attribute_exists(id)';
  return { ConditionCheck: { TableName: names.chatRooms, Key: { id }, ConditionExpression } };
}

function putNew({ names }: ArchiveDatabase, row: Readonly<Record<string, unknown>>): TransactItem {
  const ConditionExpression = 'attribute_not_exists(id)';
  return { Put: { TableName: names.chatMessages, Item: { ...row }, ConditionExpression } };
}

function countMessages(
  { names }: ArchiveDatabase,
  { chatRoomId, minute, messages, createdAt, updatedAt, ...mark }: Omit<ChatMinute, 'id'>,
): TransactItem {
  const set = { minute, updatedAt, ...mark };
  return {
    Update: {
      TableName: names.chatMessages,
      Key: { chatRoomId, id: chatMinuteKey(minute) },
      UpdateExpression: [
        'SET createdAt = if_not_exists(createdAt, :createdAt)',
        ...Object.keys(set).map(name => `#${name} = :${name}`),
      ]
        .join(', ')
        .concat(' ADD messages :messages'),
      ExpressionAttributeNames: Object.fromEntries(Object.keys(set).map(name => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ':createdAt': createdAt,
        ':messages': messages,
        ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
      },
    },
  };
}

/** The mark that a mock room's rows take over from it, so that they go with it; undefined when it is not there. */
async function markIn({ client, names }: ArchiveDatabase, id: string): Promise<SeedMark | undefined> {
  if (!id.startsWith(MOCK_ID_PREFIX)) return {};
  const { Item } = await client.send(
    new GetCommand({ TableName: names.chatRooms, Key: { id }, ConsistentRead: true }),
  );
  return Item === undefined ? undefined : seedMarkOf(z.object(seedMark).parse(Item));
}

/** A stretch of time: `from` belongs to it, `before` does not. */
export interface TimeWindow {
  readonly from: Timestamp;
  readonly before: Timestamp;
}

/**
 * The messages that were sent to a room in a window, in the order of their times, deleted ones among them. At most
 * one request a page. A page that goes on from outside the window, which may have moved since, begins where it begins.
 */
export async function listMessages(
  database: MessagesDatabase,
  chatRoomId: string,
  { from, before }: TimeWindow,
  { limit, after }: PageRequest,
): Promise<Page<ChatMessage>> {
  const last = String(after?.['id'] ?? '');
  // DynamoDB refuses a range that ends before it begins, and a start outside the range.
  if (from >= before || last >= before) return { items: [] };
  return queryPage(
    database,
    chatMessageRow,
    {
      TableName: database.names.chatMessages,
      // A time alone comes before all messages of that time, and no message has it for its key.
      KeyConditionExpression: 'chatRoomId = :room AND id BETWEEN :from AND :before',
      ExpressionAttributeValues: { ':room': chatRoomId, ':from': from, ':before': before },
    },
    { limit, after: last > from ? after : undefined },
  );
}

/** How many messages were sent to a room in a window, deleted ones among them. One request for a megabyte of them. */
export async function countSent(
  { client, names }: MessagesDatabase,
  chatRoomId: string,
  { from, before }: TimeWindow,
): Promise<number> {
  if (from >= before) return 0;
  let count = 0;
  const pages = paginateQuery(
    { client },
    {
      TableName: names.chatMessages,
      KeyConditionExpression: 'chatRoomId = :room AND id BETWEEN :from AND :before',
      ExpressionAttributeValues: { ':room': chatRoomId, ':from': from, ':before': before },
      Select: 'COUNT',
    },
  );
  for await (const { Count = 0 } of pages) count += Count;
  return count;
}

/** Which of these messages were deleted. One request for up to 100. */
export async function readDeletions(
  database: MessagesDatabase,
  chatRoomId: string,
  messageIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const table = database.names.chatMessages;
  const keys = [...new Set(messageIds)].map(id => ({ table, key: { chatRoomId, id: chatDeletionKey(id) } }));
  const rows = await batchGet(database, keys, { consistent: false });
  return new Set((rows.get(table) ?? []).map(row => chatDeletionRow.parse(row).messageId));
}

/**
 * How many messages were sent in each minute from `fromMinute` to `toMinute`, both of which are starts of minutes and
 * belong to it. Minutes without any are left out. One request for some five days.
 */
export async function listChatMinutes(
  database: MessagesDatabase,
  chatRoomId: string,
  fromMinute: Timestamp,
  toMinute: Timestamp,
): Promise<readonly ChatMinute[]> {
  if (fromMinute > toMinute) return [];
  const minutes: ChatMinute[] = [];
  const rows = queryAll(database, chatMinuteRow, {
    TableName: database.names.chatMessages,
    KeyConditionExpression: 'chatRoomId = :room AND id BETWEEN :from AND :to',
    ExpressionAttributeValues: {
      ':room': chatRoomId,
      ':from': chatMinuteKey(fromMinute),
      ':to': chatMinuteKey(toMinute),
    },
  });
  for await (const minute of rows) minutes.push(minute);
  return minutes;
}
