import * as z from '../../../model/zod.ts';
import { listQuery } from '../http/lists.ts';
import { categoryId, streamId, username } from '../http/parameters.ts';
import { none, route } from '../http/route.ts';

export const listStreamsRoute = route('listStreams', {
  params: z.strictObject({ username }),
  query: z.strictObject(listQuery),
  auth: 'none',
  cache: { cdn: 5, browser: 0 },
});

export const getStreamRoute = route('getStream', {
  params: z.strictObject({ username, streamId }),
  query: none,
  auth: 'none',
  cache: { cdn: 5, browser: 0 },
});

export const listVodsRoute = route('listVods', {
  params: z.strictObject({ username }),
  query: z.strictObject(listQuery),
  auth: 'none',
  cache: { cdn: 5, browser: 0 },
});

export const listRecordingsRoute = route('listRecordings', {
  params: none,
  query: z.strictObject({ categoryId: z.optional(categoryId), ...listQuery }),
  auth: 'none',
  cache: { cdn: 5, browser: 5 },
});
