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
 * Stores the state of local mode itself: the simulated IVS, secrets, accepted events and dead letters. The
 * state is in the same engine as the stack's tables, so that one database file has both.
 */
export interface StateStore {
  /** Returns the values of a kind that earlier processes stored, sorted by id. @throws CommandError */
  read<T>(kind: string, schema: z.ZodType<T>): { readonly id: string; readonly value: T }[];
  /** Adds or replaces a value, which must be JSON. @throws Error when it is too large */
  put(kind: string, id: string, value: unknown): void;
  remove(kind: string, id: string): void;
  /**
   * Resolves when all changes so far are committed. Local mode waits for this before it acknowledges a
   * request, so that an acknowledged change survives `kill -9`.
   */
  saved(): Promise<void>;
  /** Returns an id that sorts after all earlier ids, also after those of earlier processes. */
  newId(): string;
}

/** Stores nothing, for a database in memory, which ends with the process. */
export const nullStateStore: StateStore = {
  read: () => [],
  put: () => {},
  remove: () => {},
  saved: () => Promise.resolve(),
  newId: idsInOrder(),
};

/** The table of the state store. All stacks of a database share it. */
export const stateTable: TableSpec = {
  name: 'make-local',
  key: { hash: 'kind', range: 'id' },
  indexes: [],
  serves: 'the state of local mode, and which process uses the database',
};
const TableName = stateTable.name;

/** Limits below those of TransactWriteItems: 100 items and 4 MB (API reference). */
const MAX_ROWS = 100;
const MAX_BYTES = 3_000_000;

/** A DynamoDB item can have 400 KB, including its key. */
const MAX_VALUE_BYTES = 395_000;

/** Reads the state of a stack from the engine of `client`. The table must exist. */
export async function openStateStore(client: DynamoDBClient, stackName: string): Promise<StateStore> {
  const rows: { kind: string; id: string; json: string }[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true })) {
    for (const { kind, id, json } of Items)
      rows.push({ kind: kind?.S ?? '', id: id?.S ?? '', json: json?.S ?? '' });
  }
  rows.sort((a, b) => (a.id < b.id ? -1 : 1));
  const kindOf = (kind: string) => `${stackName} ${kind}`;

  let queue: TransactWriteItem[] = [];
  let writing: Promise<void> = Promise.resolve();
  // Transactions write the changes in order, so after a kill the database has the state after one of them.
  const writeQueue = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = nextBatch(queue);
      await client.send(new TransactWriteItemsCommand({ TransactItems: latest(batch) }));
      // Only after the write: a change that could not be written is retried before the later ones.
      queue = queue.slice(batch.length);
    }
  };
  const saved = () => {
    // One write at a time. Changes that are queued during a write are part of the next one.
    writing = writing.then(writeQueue, writeQueue);
    return writing;
  };
  const enqueue = (row: TransactWriteItem) => {
    queue.push(row);
    // Changes are written even without `saved`. A failed write is retried by the next call, which reports it.
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
        throw new Error(`a ${kind} of more than ${MAX_VALUE_BYTES} bytes cannot be stored`);
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

/** Returns the last change of each row: a transaction can contain a row only once. */
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
      `this version of local mode cannot read a ${kind} in the database: set DB to another file`,
      { cause: error },
    );
  }
}

/** Ids of the start time and a count. 15 digits of milliseconds last until the year 33658. */
function idsInOrder(): () => string {
  const started = String(Date.now()).padStart(15, '0');
  let count = 0;
  return () => `${started}-${String(++count).padStart(9, '0')}`;
}
