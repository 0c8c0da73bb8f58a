import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { IndexSpec, KeySpec } from '../../model/tableSpec.ts';
import { type TableName, tableNames, tables } from '../../model/tables.ts';
import { batchGet } from '../../store/batchGet.ts';
import type { Database } from '../../store/database.ts';

type Row = Readonly<Record<string, unknown>>;

const values = z.record(z.string(), z.unknown());
const key = z.record(z.string(), z.string());
const put = z.object({ TableName: z.string(), Item: values });
const update = z.object({
  TableName: z.string(),
  Key: key,
  ExpressionAttributeNames: z.record(z.string(), z.string()),
  ExpressionAttributeValues: values,
});
const transaction = z.object({
  TransactItems: z.array(z.object({ Put: put.optional(), Update: update.optional() })),
});

/** Writes to one partition: its name, and the number of write units. */
type Charge = readonly [partition: string, units: number];

export interface PartitionLimit {
  /** The write units per second that a partition accepts. */
  readonly unitsPerSecond: number;
  /** Returns the partition key under which a value of an index's key is counted. Default: the value itself. */
  readonly partitionKeyOf?: ((value: string) => string) | undefined;
}

export interface PartitionUse {
  /** The most write units that a partition of an index accepted within one second. */
  peak(): number;
  /** The number of transactions that were refused. */
  refused(): number;
}

/**
 * A model of DynamoDB's throttling for the transactions of `client`, because the engine accepts any rate.
 *
 * - Every partition key of a global index has a partition of its own, with a token bucket that holds the units of one
 *   second. The tables are not limited: each channel has rows of its own there.
 * - A change of an index's projected attributes costs one unit, a removal from it one, and a changed key two. Rows are
 *   smaller than 1 KB.
 * - If one partition has too few units left, the whole transaction is refused, as DynamoDB refuses writes to a table
 *   whose index is throttled.
 *
 * @param rows reads the rows as they are before a transaction, outside of the model.
 */
export function limitPartitions(
  client: DynamoDBDocumentClient,
  rows: Database,
  { unitsPerSecond, partitionKeyOf = value => value }: PartitionLimit,
): PartitionUse {
  const buckets = new Map<string, { units: number; at: number }>();
  const used = new Map<string, number>();
  let refused = 0;
  const bucketOf = (partition: string) => {
    const now = performance.now();
    const { units, at } = buckets.get(partition) ?? { units: unitsPerSecond, at: now };
    const bucket = {
      units: Math.min(unitsPerSecond, units + ((now - at) / 1_000) * unitsPerSecond),
      at: now,
    };
    buckets.set(partition, bucket);
    return bucket;
  };
  client.middlewareStack.add(
    (next, { commandName }) =>
      async request => {
        if (commandName !== 'TransactWriteItemsCommand') return next(request);
        const charges = await chargesOf(rows, transaction.parse(request.input), partitionKeyOf);
        if (charges.some(([partition, units]) => bucketOf(partition).units < units)) {
          refused++;
          throw throttled();
        }
        const second = Math.floor(performance.now() / 1_000);
        for (const [partition, units] of charges) {
          bucketOf(partition).units -= units;
          const name = `${partition} ${second}`;
          used.set(name, (used.get(name) ?? 0) + units);
        }
        return next(request);
      },
    { step: 'initialize', name: 'limitPartitions', priority: 'high' },
  );
  return { peak: () => Math.max(0, ...used.values()), refused: () => refused };
}

function throttled(): TransactionCanceledException {
  return new TransactionCanceledException({
    $metadata: { httpStatusCode: 400 },
    message: 'Transaction cancelled',
    CancellationReasons: [{ Code: 'ThrottlingError' }],
  });
}

async function chargesOf(
  rows: Database,
  { TransactItems }: z.infer<typeof transaction>,
  partitionKeyOf: (value: string) => string,
): Promise<Charge[]> {
  const changes = TransactItems.flatMap(({ Put, Update }) => {
    const [table, after] =
      Put !== undefined ? [Put.TableName, Put.Item] : [Update?.TableName ?? '', changedBy(Update)];
    const name = tableNames.find(one => rows.names[one] === table);
    return name === undefined ? [] : [{ name, after, rowKey: keyOf(name, after) }];
  });
  const keys = changes.map(({ name, rowKey }) => ({ table: rows.names[name], key: rowKey }));
  const found = await batchGet(rows, keys);
  const sums = new Map<string, number>();
  for (const { name, after, rowKey } of changes) {
    const before =
      found.get(rows.names[name])?.find(row => Object.entries(rowKey).every(([k, v]) => row[k] === v)) ?? {};
    const charges = tables[name].indexes
      .filter(({ kind }) => kind === 'global')
      .flatMap(index => indexCharges(index, before, { ...before, ...after }, partitionKeyOf));
    for (const [partition, units] of charges) sums.set(partition, (sums.get(partition) ?? 0) + units);
  }
  return [...sums];
}

/** The key and the attributes that an update sets or, as undefined, removes. Its values are named like attributes. */
function changedBy(one: z.infer<typeof update> | undefined): Row {
  const names = Object.values(one?.ExpressionAttributeNames ?? {});
  const set = names.map(name => [name, one?.ExpressionAttributeValues[`:${name}`]] as const);
  return { ...one?.Key, ...Object.fromEntries(set) };
}

function keyOf(name: TableName, row: Row): Record<string, string> {
  const names = Object.values<string>({ ...tables[name].key });
  return Object.fromEntries(names.map(attribute => [attribute, String(row[attribute])]));
}

function indexCharges(
  { name, key, projects }: IndexSpec,
  before: Row,
  after: Row,
  partitionKeyOf: (value: string) => string,
): Charge[] {
  const [was, is] = [entryOf(key, before), entryOf(key, after)];
  const charge = (hash: string): Charge => [`${name} ${partitionKeyOf(hash)}`, 1];
  if (was !== undefined && is !== undefined && was.text === is.text) {
    const shown = Array.isArray(projects) ? projects : [];
    return shown.some(attribute => before[attribute] !== after[attribute]) ? [charge(is.hash)] : [];
  }
  return [was, is].flatMap(entry => (entry === undefined ? [] : [charge(entry.hash)]));
}

/** A row's key in an index, or undefined when the row is not in it. */
function entryOf({ hash, range }: KeySpec, row: Row): { hash: string; text: string } | undefined {
  const parts = [row[hash], ...(range === undefined ? [] : [row[range]])];
  if (parts.includes(undefined)) return undefined;
  return { hash: String(parts[0]), text: parts.join(' ') };
}
