import * as z from 'zod';

/** What every row has. */
export const rowTimes = { createdAt: z.string(), updatedAt: z.string() };

/**
 * The mark of a row that `make seed` wrote, and of rows that hang on one: absent on real rows.
 * `seedShard` spreads the rows over the partitions of `seededIndex`; `seedRun` is `<set>#<run>`, so the rows of one set
 * are one range of each partition.
 */
export const seedMark = { seedShard: z.string().optional(), seedRun: z.string().optional() };

export interface SeedMark {
  readonly seedShard?: string | undefined;
  readonly seedRun?: string | undefined;
}

/** The mark of `row` alone, to hand on to rows that belong to it. */
export function seedMarkOf(row: SeedMark): SeedMark {
  return row.seedRun === undefined ? {} : { seedShard: row.seedShard, seedRun: row.seedRun };
}

/** Ids of mock rows start with this; IVS makes no such id, so nothing asks IVS about them. */
export const MOCK_ID_PREFIX = 'mock-';

/** The value of a sparse index attribute: DynamoDB keys cannot be booleans, so it is a string or absent. */
export const present = 'true';

/** Whether a resource is one that only `make seed` knows of. */
export function isSeeded(arn: string): boolean {
  return arn.slice(arn.lastIndexOf('/') + 1).startsWith(MOCK_ID_PREFIX);
}
