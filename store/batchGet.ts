import { setTimeout as sleep } from 'node:timers/promises';
import {
  BatchGetCommand,
  type BatchGetCommandInput,
  type BatchGetCommandOutput,
} from '@aws-sdk/lib-dynamodb';
import type { Database } from './database.ts';
import type { Key } from './pages.ts';

type Row = Record<string, unknown>;

/** A row to read, by the physical name of its table. */
export interface TableKey {
  readonly table: string;
  readonly key: Key;
}

export interface BatchGetOptions {
  /** When false, a read costs half and may lag behind writes. Default: true. */
  readonly consistent?: boolean;
  /** The attributes to return, the same for every table. Default: all. */
  readonly attributes?: readonly string[];
}

// BatchGetItem's own limit.
const BATCH_KEYS = 100;
const UNPROCESSED_ATTEMPTS = 8;

/**
 * Reads rows by their keys. One request for up to 100 keys.
 *
 * @returns the rows by physical table name, in no particular order. Missing rows are left out.
 * @throws Error when DynamoDB returns keys unprocessed 8 times.
 */
export async function batchGet(
  database: Database<never>,
  keys: readonly TableKey[],
  options: BatchGetOptions = {},
): Promise<Map<string, Row[]>> {
  const found = new Map<string, Row[]>();
  for (let from = 0; from < keys.length; from += BATCH_KEYS) {
    let pending: BatchGetCommandInput['RequestItems'] = byTable(keys.slice(from, from + BATCH_KEYS), options);
    for (let attempt = 0; Object.keys(pending ?? {}).length > 0; attempt++) {
      if (attempt === UNPROCESSED_ATTEMPTS)
        throw new Error(`DynamoDB did not read all keys of a batch in ${UNPROCESSED_ATTEMPTS} attempts`);
      // DynamoDB returns keys unprocessed when a partition has no capacity left, so the next attempt must
      // wait.
      if (attempt > 0) await sleep(Math.random() * 25 * 2 ** attempt);
      const answer: BatchGetCommandOutput = await database.client.send(
        new BatchGetCommand({ RequestItems: pending }),
      );
      for (const [table, rows] of Object.entries(answer.Responses ?? {})) {
        found.set(table, [...(found.get(table) ?? []), ...rows]);
      }
      pending = answer.UnprocessedKeys;
    }
  }
  return found;
}

function byTable(keys: readonly TableKey[], { consistent = true, attributes }: BatchGetOptions) {
  const projection =
    attributes === undefined
      ? {}
      : {
          ProjectionExpression: attributes.map(name => `#${name}`).join(', '),
          ExpressionAttributeNames: Object.fromEntries(attributes.map(name => [`#${name}`, name])),
        };
  const requests: Record<string, { Keys: Row[]; ConsistentRead: boolean }> = {};
  for (const { table, key } of keys) {
    requests[table] ??= { Keys: [], ConsistentRead: consistent, ...projection };
    requests[table].Keys.push({ ...key });
  }
  return requests;
}
