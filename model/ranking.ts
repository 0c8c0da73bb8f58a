import { rowTimes } from './row.ts';
import * as z from './zod.ts';

// A ranking is a list of live channels, by viewers, as it was at one time. It never changes: a new order is a new
// ranking. One row names the current ranking of a list, and other rows have its channels.

/** The partition of the rows that name the current rankings. */
export const CURRENT = 'current';

/** How many channels the row of a current ranking has, so that a first page needs no other row of `rankings`. */
export const FIRST_CHANNELS = 100;

/** How many channels a row has. Their ids take at most 4 KB, one read unit. */
export const ROW_CHANNELS = 250;

/** Returns the name of the list of all live channels, or of those of one category. */
export const rankedList = (categoryId: string | undefined): string =>
  categoryId === undefined ? 'all' : `category#${categoryId}`;

/** Returns the partition key of the row that has the channels `ROW_CHANNELS * number` and the following. */
export const rankingPart = (list: string, number: number): string => `${list}#${number}`;

/** A row of `rankings` that names the current ranking of the list `id`. */
export const currentRankingRow = z.object({
  part: z.literal(CURRENT),
  id: z.string(),
  ranking: z.string(),
  rankedAt: z.string(),
  /** The number of channels in the ranking, and the first of them. */
  count: z.int(),
  first: z.array(z.string()),
  /** Of the ids of all channels, to tell whether the order has changed. */
  digest: z.string(),
  ...rowTimes,
});
export type CurrentRanking = z.infer<typeof currentRankingRow>;

/** A row of `rankings` with channels of the ranking `id`. `part` is that of `rankingPart`. */
export const rankingPartRow = z.object({
  part: z.string(),
  id: z.string(),
  channelIds: z.array(z.string()),
  expiresAt: z.int(),
  ...rowTimes,
});
export type RankingPart = z.infer<typeof rankingPartRow>;
