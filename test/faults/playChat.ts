import { DeleteCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { removeChat } from '../../domain/accounts/deletionRows.ts';
import { chatArchiver } from '../../lambdas/chatArchive/archive.ts';
import { chatMessageRow, chatMinuteRow } from '../../model/chatMessage.ts';
import type { Database } from '../../store/database.ts';
import { chatRoom, deletionLine, messageLine, roomBatch } from '../support/chatLogs.ts';
import { second } from '../support/ivsEvents.ts';
import { randomNumbers } from '../support/randomNumbers.ts';
import { putRows } from '../support/rows.ts';
import { type Drawn, withFewerFaults, withOtherSeeds, without } from './campaign.ts';
import { chancesOfEvents } from './eventHistory.ts';
import { inLife } from './lives.ts';
import { drawnSchedule } from './schedule.ts';
import { type FaultChances, type Met, noFaults, type Trouble } from './trouble.ts';

/** The batches of a room's log, and whether the room is deleted meanwhile. */
export interface ChatHistory {
  /** Each batch has the numbers of its messages. A negative number is the deletion of that message. */
  readonly batches: readonly (readonly number[])[];
  readonly isDeleted: boolean;
  readonly chances: FaultChances;
  readonly seed: number;
}

const line = fc.oneof(
  { weight: 4, arbitrary: fc.nat(9) },
  { weight: 1, arbitrary: fc.integer({ min: -9, max: -1 }) },
);

export const chatHistories: Drawn<ChatHistory> = {
  histories: fc.record({
    batches: fc.array(fc.array(line, { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 4 }),
    isDeleted: fc.boolean(),
    chances: fc.oneof(fc.constant(noFaults), chancesOfEvents),
    seed: fc.nat(),
  }),
  *shorter(history) {
    yield* withOtherSeeds([...withFewerFaults(history), ...without(history, 'batches')]);
  },
};

/** How many attempts of a batch have faults. The next one has none. */
const ATTEMPTS = 3;

/** Archives the batches of a history concurrently, and returns every violation. */
export async function playChat(
  { database, met, newRoomId }: { database: Database; met: Met; newRoomId: () => string },
  { batches, isDeleted, chances, seed }: ChatHistory,
): Promise<string[]> {
  const room = newRoomId();
  await putRows(database, 'chatRooms', [chatRoom(room)]);
  const violations = new Set<string>();
  const silent = () => {};
  const log = { info: silent, warn: silent };
  const archive = chatArchiver({ database, clock: () => new Date(second(0)), log });
  const onWritten = async () => {
    for (const fault of await miscounted(database, room)) violations.add(fault);
  };
  const schedule = drawnSchedule(randomNumbers(seed + 1));
  const trouble: Trouble = { chances, random: randomNumbers(seed), met, onWritten, schedule };
  const withoutFaults: Trouble = { chances: noFaults, random: () => 1, met };
  const untilDone = async (work: () => Promise<unknown>) => {
    for (let attempt = 1; ; attempt++) {
      met.handled++;
      try {
        return await inLife(attempt > ATTEMPTS ? withoutFaults : trouble, work);
      } catch (error) {
        if (attempt > ATTEMPTS) throw error;
      }
    }
  };
  const works = batches.map(lines => () => archive(roomBatch(room, lines.map(text))));
  const ample = { left: () => 60_000, wait: async () => {} };
  const deletion = async () => {
    const { client, names } = database;
    await client.send(new DeleteCommand({ TableName: names.chatRooms, Key: { id: room } }));
    await removeChat(database, room, ample);
  };
  await Promise.all([...works, ...(isDeleted ? [deletion] : [])].map(untilDone));

  const rows = await rowsOf(database, room);
  const wanted = [...new Set(batches.flat())].map(n => (n < 0 ? `deleted#m${-n}` : `m${n}`)).sort();
  const found = rows.flatMap(row => {
    const message = chatMessageRow.safeParse(row).data;
    if (message !== undefined) return [message.messageId];
    return String(row['id']).startsWith('deleted#') ? [String(row['id'])] : [];
  });
  if (isDeleted && rows.length > 0) violations.add(`a deleted room still has ${rows.length} rows`);
  if (!isDeleted && String(found.sort()) !== String(wanted))
    violations.add(`the archive has ${found}, not ${wanted}`);
  return [...violations];
}

/** About one message per minute, some in the same minute. */
function text(n: number): string {
  return n < 0
    ? deletionLine(`m${-n}`, second(900))
    : messageLine(`m${n}`, second(Math.floor(n / 3) * 60 + n));
}

/** Compares the counts of an archive's minutes with its messages. */
async function miscounted(database: Database, room: string): Promise<string[]> {
  const rows = await rowsOf(database, room);
  const messages = rows.flatMap(row => chatMessageRow.safeParse(row).data ?? []);
  const minutes = rows.flatMap(row => chatMinuteRow.safeParse(row).data ?? []);
  const counted = minutes.reduce((sum, minute) => sum + minute.messages, 0);
  const roomIsThere = minutes.length > 0 || messages.length > 0;
  // While a room is being deleted, some of its rows are missing.
  if (!roomIsThere || !(await isThere(database, room))) return [];
  return counted === messages.length
    ? []
    : [`the minutes count ${counted} messages, and the archive has ${messages.length}`];
}

async function isThere({ client, names }: Database, room: string): Promise<boolean> {
  const { Count = 0 } = await client.send(
    new QueryCommand({
      TableName: names.chatRooms,
      ConsistentRead: true,
      KeyConditionExpression: 'id = :id',
      ExpressionAttributeValues: { ':id': room },
    }),
  );
  return Count > 0;
}

async function rowsOf({ client, names }: Database, room: string): Promise<Record<string, unknown>[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: names.chatMessages,
      ConsistentRead: true,
      KeyConditionExpression: 'chatRoomId = :room',
      ExpressionAttributeValues: { ':room': room },
    }),
  );
  return Items;
}
