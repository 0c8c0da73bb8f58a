import { GetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
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
import * as z from '../model/zod.ts';
import { batchGet } from './batchGet.ts';
import { randomWaits, retryOnConflict } from './conflicts.ts';
import type { Database } from './database.ts';
import { type Page, type PageRequest, queryAll, queryPage } from './pages.ts';
import { isRejectedPermanently, type TransactItem, transact } from './transaction.ts';

// Invariants of a room's archive:
// - A message or deletion is written once and never changed, so the archive is a set that only grows.
// - A minute counts a message in the transaction that writes it, so the count matches the rows after any
//   repetition.
// - Nothing is written for a room without a row, so nothing remains after the room's deletion.

type ArchiveDatabase = Database<'chatRooms' | 'chatMessages'>;
type MessagesDatabase = Database<'chatMessages'>;

/** The content of a line of a room's log, for the archive. */
export type ArchiveEntry =
  | ({ readonly kind: 'message' } & Pick<
      ChatMessage,
      'messageId' | 'sentAt' | 'content' | 'attributes' | 'sender'
    >)
  | { readonly kind: 'deletion'; readonly messageId: string; readonly deletedAt: Timestamp };

// A transaction has at most 100 items: the check of the room, and for each entry its row and possibly a
// minute of its own.
const ENTRIES_AT_A_TIME = 49;

// No client waits for the result, and a failed batch is retried whole.
const policy = randomWaits({ tries: 12, firstDelayMs: 20, longestDelayMs: 500 });

/** The result of archiving: all entries are stored except `refused`, which DynamoDB rejects even alone. */
export interface Archived {
  readonly refused: readonly ArchiveEntry[];
}

/**
 * Adds entries to a room's archive, in any order and with any repetitions. One request for 49 new entries,
 * one more when some are already stored, and one for a mock room. A request that DynamoDB rejects is halved
 * until the rejected entries are alone: about twelve requests for each of them.
 *
 * @returns `noRoom` when the room does not exist (any more); the remaining entries were not written.
 * @throws TransactionContentionError when every attempt conflicted. The caller can add the entries again.
 */
export async function archive(
  database: ArchiveDatabase,
  chatRoomId: string,
  entries: readonly ArchiveEntry[],
  now: Timestamp,
): Promise<Archived | 'noRoom'> {
  const mark = await markIn(database, chatRoomId);
  if (mark === undefined) return 'noRoom';
  // By id, because DynamoDB rejects a transaction that contains a row twice.
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

/** A row to add, and the minute that counts it. */
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

/** Writes the additions and returns those that DynamoDB rejects. */
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
    if (!isRejectedPermanently(error)) throw error;
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
    // These rows exist and are counted.
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

/**
 * Reads the seed mark that a mock room's rows inherit, so that they are deleted with it. Undefined when the
 * room does not exist.
 */
async function markIn({ client, names }: ArchiveDatabase, id: string): Promise<SeedMark | undefined> {
  if (!id.startsWith(MOCK_ID_PREFIX)) return {};
  const { Item } = await client.send(
    new GetCommand({ TableName: names.chatRooms, Key: { id }, ConsistentRead: true }),
  );
  return Item === undefined ? undefined : seedMarkOf(z.object(seedMark).parse(Item));
}

/** A time range: `from` is included, `before` is excluded. */
export interface TimeWindow {
  readonly from: Timestamp;
  readonly before: Timestamp;
}

/**
 * Lists the messages that were sent to a room in a window, oldest first, including deleted ones. At most one
 * request per page. The window may have moved since the cursor was issued: a page whose cursor is before the
 * window starts at the window's beginning.
 */
export async function listMessages(
  database: MessagesDatabase,
  chatRoomId: string,
  { from, before }: TimeWindow,
  { limit, after }: PageRequest,
): Promise<Page<ChatMessage>> {
  const last = String(after?.['id'] ?? '');
  // DynamoDB rejects a range that ends before it begins, and a start key outside the range.
  if (from >= before || last >= before) return { items: [] };
  return queryPage(
    database,
    chatMessageRow,
    {
      TableName: database.names.chatMessages,
      // A time without an id sorts before all messages of that time, and no message has such a key.
      KeyConditionExpression: 'chatRoomId = :room AND id BETWEEN :from AND :before',
      ExpressionAttributeValues: { ':room': chatRoomId, ':from': from, ':before': before },
    },
    { limit, after: last > from ? after : undefined },
  );
}

/**
 * Counts the messages that were sent to a room in a window, including deleted ones. One request per megabyte.
 */
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

/** Returns the ids of those messages that were deleted. One request for up to 100 ids. */
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
 * Lists the number of messages of each minute from `fromMinute` to `toMinute`, both included; both must be
 * starts of minutes. Minutes without messages are left out. One request for about five days.
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
