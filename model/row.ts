import * as z from './zod.ts';

/** The members that every row has. */
export const rowTimes = { createdAt: z.string(), updatedAt: z.string() };

/**
 * The mark of rows that `make seed` wrote and of rows that belong to them. Other rows have no mark.
 * `seedShard` spreads the rows over the partitions of `seededIndex`. `seedRun` is `<set>#<run>`, so the rows
 * of one set are one range of each partition.
 */
export const seedMark = { seedShard: z.optional(z.string()), seedRun: z.optional(z.string()) };

export interface SeedMark {
  readonly seedShard?: string | undefined;
  readonly seedRun?: string | undefined;
}

/** Returns the seed mark of `row`, for rows that belong to it. */
export function seedMarkOf(row: SeedMark): SeedMark {
  return row.seedRun === undefined ? {} : { seedShard: row.seedShard, seedRun: row.seedRun };
}

/** Ids of mock rows start with this prefix. IVS creates no such ids, so mock ids are never sent to IVS. */
export const MOCK_ID_PREFIX = 'mock-';

/**
 * The value of a sparse index's attribute. A DynamoDB key cannot be a boolean, so it is this string or
 * absent.
 */
export const present = 'true';

// One partition accepts 1,000 writes per second. When 100,000 channels end within a minute, each index of live
// channels or open sessions gets 1,667 writes per second. Each reader queries all partitions.
const shardSuffixes = ['', '#1', '#2', '#3'] as const;

/** Returns the partition keys over which an index spreads the rows with one value. */
export function shardsOf(value: string): string[] {
  return shardSuffixes.map(suffix => value + suffix);
}

/** Returns the one of `shardsOf(value)` that the row `id` always has. */
export function shardOf(value: string, id: string): string {
  const hash = [...id].reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0, 0);
  return value + (shardSuffixes[hash % shardSuffixes.length] ?? '');
}

/** Returns the value of a partition key that `shardOf` returned. The value contains no `#`. */
export function withoutShard(key: string): string {
  return key.replace(/#\d+$/, '');
}

/** Returns whether the resource is mock data that `make seed` created and IVS does not know. */
export function isSeeded(arn: string): boolean {
  return arn.slice(arn.lastIndexOf('/') + 1).startsWith(MOCK_ID_PREFIX);
}
