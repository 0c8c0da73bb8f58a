import { rowTimes, seedMark } from './row.ts';
import * as z from './zod.ts';

/** All categories share one partition, because they are few and are read together, in order. */
export const CATALOGUE = 'all';

/** A row of `categories`. */
export const categoryRow = z.object({
  catalogue: z.literal(CATALOGUE),
  id: z.string(),
  name: z.string(),
  sortOrder: z.number(),
  ...rowTimes,
  ...seedMark,
});
export type Category = z.infer<typeof categoryRow>;
