import { paginateQuery, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { SeedMark } from '../model/row.ts';
import type { KeySpec } from '../model/tableSpec.ts';
import { type TableName, tableNames, tables } from '../model/tables.ts';
import type { PlainRow } from './attributeValue.ts';
import { BATCH_SIZE, type BatchItem, deleteItem, putItem, writeBatch } from './batchWrite.ts';
import type { Database } from './database.ts';
import { inParallel } from './inParallel.ts';
import type { Key } from './pages.ts';
import { defaultPatience, type Patience, waitAfter } from './patience.ts';
import { Tally } from './tally.ts';
import { TransactionContentionError, transact } from './transaction.ts';

/** The partitions of every `seededIndex`. One partition takes 1,000 writes a second; these, 16,000. */
export const seedShards: readonly string[] = [...'0123456789abcdef'];

/** How many requests are under way at a time. More do not help one process: it is busy with these. */
const REQUESTS_AT_A_TIME = 8;

export interface RowsToPut {
  readonly table: TableName;
  readonly row: PlainRow;
}
