import { randomUUID } from 'node:crypto';
import { type AttributeValue, ScanCommand } from '@aws-sdk/client-dynamodb';
import { type TableName, tableNames } from '../../model/tables.ts';
import { readOptions } from '../../seed/options.ts';
import { planOf, type SeedReport, seedStack } from '../../seed/seedStack.ts';
import type { BatchWriteOptions } from '../../store/batchWrite.ts';
import type { Database } from '../../store/database.ts';
import { newRun } from '../../store/seedIndex.ts';
import { Tally } from '../../store/tally.ts';

/** Seeds `database` as `make seed` does with these variables set. */
export async function seed(
  database: Database,
  environment: Readonly<Record<string, string>>,
  options: BatchWriteOptions = {},
  report: SeedReport = { put: new Tally(), removed: new Tally() },
  now = new Date(),
): Promise<SeedReport> {
  const plan = { ...planOf(readOptions(environment), now), region: 'us-west-2' };
  await seedStack(database, plan, newRun(plan.set, now, randomUUID()), report, options);
  return report;
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

/** Every row of every table, as one text for each row, in order: two of these are equal if all bytes are. */
export async function dump(database: Database): Promise<string[]> {
  const rows = await Promise.all(
    tableNames.map(async table =>
      (await scan(database, table)).map(row => `${table} ${JSON.stringify(sorted(row))}`),
    ),
  );
  return rows.flat().sort();
}

/** The members of maps come in no particular order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => [name, sorted(member)]);
}

/** How many rows each table has; tables without any are left out. */
export async function counts(database: Database): Promise<Record<string, number>> {
  const tally = new Tally();
  for (const table of tableNames) tally.add(table, (await scan(database, table)).length);
  return Object.fromEntries(tally.entries());
}
