import {
  type AttributeValue,
  type DynamoDBClient,
  paginateScan,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import type { TableSpec } from '../model/tableSpec.ts';
import { CommandError } from '../model/variables.ts';

/**
 * What local mode itself has acknowledged, beside the stack's own tables: the simulated IVS, secrets, events on their
 * way, dead letters. It is kept in the same engine as those tables, so that one file holds both.
 */
export interface KeptState {
  /** What an earlier process left of a kind, by id. @throws CommandError when it cannot be read. */
  read<T>(kind: string, schema: z.ZodType<T>): { readonly id: string; readonly value: T }[];
  /** Keeps a value, which is JSON, in place of an earlier one of that id. @throws Error when it is too large. */
  put(kind: string, id: string, value: unknown): void;
  remove(kind: string, id: string): void;
  /**
   * Resolves when all that was put and removed so far is committed. Whatever is acknowledged waits for it first: what
   * local mode has acknowledged survives `kill -9`.
   */
  saved(): Promise<void>;
  /** An id that sorts after those of before, in earlier processes too. */
  newId(): string;
}

/** With the data in memory there is nothing to keep it for: it all goes with the process. */
export const nothingKept: KeptState = {
  read: () => [],
  put: () => {},
  remove: () => {},
  saved: () => Promise.resolve(),
  newId: idsInOrder(),
};

/** The table of local mode's own, one for all stacks of a database. */
export const keptTable: TableSpec = {
  name: 'make-local',
  key: { hash: 'kind', range: 'id' },
  indexes: [],
  serves: 'what local mode has acknowledged, and which process uses the database',
};
const TableName = keptTable.name;

/** TransactWriteItems takes no more (API reference), and 4 MB. */
const MAX_ROWS = 100;
const MAX_BYTES = 3_000_000;

/** An item of DynamoDB has 400 KB at most, its key included. */
const MAX_VALUE_BYTES = 395_000;

/** What the stack keeps in the engine that `client` talks to, which has the table for it. */
export async function keptIn(client: DynamoDBClient, stackName: string): Promise<KeptState> {
  const rows: { kind: string; id: string; json: string }[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true })) {
    for (const { kind, id, json } of Items)
      rows.push({ kind: kind?.S ?? '', id: id?.S ?? '', json: json?.S ?? '' });
  }
  rows.sort((a, b) => (a.id < b.id ? -1 : 1));
  const kindOf = (kind: string) => `${stackName} ${kind}`;

  let queue: TransactWriteItem[] = [];
  let writing: Promise<void> = Promise.resolve();
  // Rows are written in the order in which they were queued, in transactions: whenever the process is killed, what is
  // kept is what it was after some one of the changes.
  const writeQueue = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = nextBatch(queue);
      await client.send(new TransactWriteItemsCommand({ TransactItems: latest(batch) }));
      // After the write: what could not be written is written before whatever follows it.
      queue = queue.slice(batch.length);
    }
  };
  const saved = () => {
    // One write at a time: what is queued while it is under way goes with the next one.
    writing = writing.then(writeQueue, writeQueue);
    return writing;
  };
  const enqueue = (row: TransactWriteItem) => {
    queue.push(row);
    // What nobody waits for is written as well. A failure is told to whoever waits next, and then it is tried again.
    queueMicrotask(() => void saved().catch(() => {}));
  };

  return {
    read: (kind, schema) =>
      rows
        .filter(row => row.kind === kindOf(kind))
        .map(({ id, json }) => ({ id, value: parse(kind, json, schema) })),
    put: (kind, id, value) => {
      const json = JSON.stringify(value);
      if (Buffer.byteLength(json) > MAX_VALUE_BYTES)
        throw new Error(`a ${kind} of more than ${MAX_VALUE_BYTES} bytes cannot be kept`);
      enqueue({ Put: { TableName, Item: { ...key(kindOf(kind), id), json: { S: json } } } });
    },
    remove: (kind, id) => enqueue({ Delete: { TableName, Key: key(kindOf(kind), id) } }),
    saved,
    newId: idsInOrder(),
  };
}

function nextBatch(queue: readonly TransactWriteItem[]): TransactWriteItem[] {
  let bytes = 0;
  const end = queue.findIndex(({ Put }, index) => {
    bytes += Put?.Item?.['json']?.S?.length ?? 0;
    return index === MAX_ROWS || (index > 0 && bytes > MAX_BYTES);
  });
  return queue.slice(0, end < 0 ? queue.length : end);
}

/** A transaction takes a row once. */
function latest(batch: readonly TransactWriteItem[]): TransactWriteItem[] {
  const rows = new Map<string, TransactWriteItem>();
  for (const row of batch) {
    const { kind, id } = row.Put?.Item ?? row.Delete?.Key ?? {};
    rows.set(`${kind?.S}\0${id?.S}`, row);
  }
  return [...rows.values()];
}

function key(kind: string, id: string): Record<string, AttributeValue> {
  return { kind: { S: kind }, id: { S: id } };
}

function parse<T>(kind: string, json: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(json));
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error;
    throw new CommandError(
      `the database has a ${kind} that this version of local mode cannot read: start with another DB file`,
      { cause: error },
    );
  }
}

/** Times of this moment with a count behind them: 15 digits of milliseconds last until the year 33658. */
function idsInOrder(): () => string {
  const started = String(Date.now()).padStart(15, '0');
  let count = 0;
  return () => `${started}-${String(++count).padStart(9, '0')}`;
}
