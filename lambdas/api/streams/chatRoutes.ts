import * as z from '../../../model/zod.ts';
import { listQuery } from '../http/lists.ts';
import { streamId, username } from '../http/parameters.ts';
import { route } from '../http/route.ts';

const offsetMessage = 'must be a whole number of milliseconds, of at most 9 digits';

/** The position in the stream at which a replay begins. */
const fromMs = z
  .optional(
    z.pipe(
      z.string(offsetMessage).check(z.regex(/^\d{1,9}$/, { error: offsetMessage, abort: true })),
      z.transform(Number),
    ),
  )
  .check(
    z.meta({
      description:
        'The first page begins with the first message that has this `offsetMs` or a later one. If it is ' +
        'omitted, the first page begins with the first message. Ignored when `cursor` is given.',
      type: 'integer',
      minimum: 0,
      maximum: 999_999_999,
    }),
  );

export const listChatMessagesRoute = route('listChatMessages', {
  params: z.strictObject({ username, streamId }),
  query: z.strictObject({ ...listQuery, fromMs }),
  auth: 'none',
  // A deleted message disappears within this time.
  cache: { cdn: 5, browser: 0 },
  cost: 'expensive',
});

export const listStreamEventsRoute = route('listStreamEvents', {
  params: z.strictObject({ username, streamId }),
  query: z.strictObject(listQuery),
  auth: 'user',
  cost: 'expensive',
});
