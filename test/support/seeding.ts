import { randomInt } from 'node:crypto';
import { type AttributeValue, ScanCommand } from '@aws-sdk/client-dynamodb';
import { type TableName, tableNames } from '../../model/tables.ts';
import { MAX_SET, readOptions } from '../../seed/options.ts';
import { planOf, type RenamedChannel, type SeedReport, seedStack, startSet } from '../../seed/seedStack.ts';
import type { BatchWriteOptions } from '../../store/batchWrite.ts';
import type { Database } from '../../store/database.ts';
import { Tally } from '../../store/tally.ts';

interface Seeded extends SeedReport {
  readonly set: number;
  readonly renamed: readonly RenamedChannel[];
}

/** Seeds `database` as `make seed` does with these variables set. `draw` returns the numbers of new sets. */
export async function seed(
  database: Database,
  environment: Readonly<Record<string, string>>,
  options: BatchWriteOptions = {},
  now = new Date(),
  draw = () => randomInt(1, MAX_SET),
): Promise<Seeded> {
  const report = { put: new Tally(), removed: new Tally() };
  const asked = readOptions(environment);
  const plan = { ...planOf(asked, now), region: 'us-west-2' };
  const started = await startSet(database, plan, { set: asked.set, draw, announce: () => {} }, options);
  const renamed = await seedStack(database, started, report, options);
  return { ...report, renamed, set: started.plan.set };
}

type Item = Record<string, AttributeValue>;

/** Every row of a table as it is stored. */
export async function scan({ client, names }: Database, table: TableName): Promise<Item[]> {
  const items: Item[] = [];
  let after: Item | undefined;
  do {
    const page = await client.send(new ScanCommand({ TableName: names[table], ExclusiveStartKey: after }));
    items.push(...(page.Items ?? []));
    after = page.LastEvaluatedKey;
  } while (after !== undefined);
  return items;
}

/**
 * Every row of every table as one text each, in order. Two results are equal if all rows are equal byte for
 * byte.
 */
export async function dump(database: Database): Promise<string[]> {
  const rows = await Promise.all(
    tableNames.map(async table =>
      (await scan(database, table)).map(row => `${table} ${JSON.stringify(sorted(row))}`),
    ),
  );
  return rows.flat().sort();
}

/** Members of maps have no defined order, so they are sorted. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => [name, sorted(member)]);
}

/** How many rows each table has, without empty tables. */
export async function counts(database: Database): Promise<Record<string, number>> {
  const tally = new Tally();
  for (const table of tableNames) tally.add(table, (await scan(database, table)).length);
  return Object.fromEntries(tally.entries());
}
