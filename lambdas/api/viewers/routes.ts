import { z } from '@hono/zod-openapi';
import { timestamp } from '../../../model/time.ts';
import { MAX_ANALYTICS_MINUTES } from '../../../model/viewerMinute.ts';
import { describable } from '../http/describable.ts';
import { streamId, username } from '../http/parameters.ts';
import { none, route } from '../http/route.ts';
import { analyticsSchema, sampleSchema, takenSampleSchema, viewersSchema } from './schemas.ts';

const params = z.strictObject({ username, streamId });

export const postMetricsRoute = route('postMetrics', {
  summary: 'Report how a stream plays',
  description:
    'Counts you as a viewer, and tells the owner how the stream plays. The first sample joins; each answer has the ' +
    'token for the next, and says when to send it: about twice a minute, or minutes later where the audience is so ' +
    'large that a part of it is asked. A viewer counts once a minute, whatever is sent. When a stream is over, its ' +
    'viewers cannot join or go on: 409. Only joins count towards a limit.',
  auth: 'optional',
  countsItself: true,
  params,
  query: none,
  body: sampleSchema,
  ok: { description: 'It is taken.', schema: takenSampleSchema },
  problems: ['not-found', 'conflict'],
});

export const getViewersRoute = route('getViewers', {
  summary: 'How many watch a stream',
  description: 'The viewers of a stream now, within a minute. A stream that is over has none.',
  auth: 'none',
  params,
  query: none,
  ok: { description: 'The viewers.', schema: viewersSchema },
  problems: ['not-found'],
});

const time = (description: string) =>
  describable(timestamp).optional().openapi({ description, type: 'string', format: 'date-time' });

export const getAnalyticsRoute = route('getAnalytics', {
  summary: "A stream's viewers and chat over time",
  description:
    'How many watched each minute of your stream, how it played, on what, and how much was said in chat. An answer ' +
    `has at most ${MAX_ANALYTICS_MINUTES} minutes; the rest begins at its \`nextFrom\`. The totals are those of the answer's ` +
    'minutes.',
  auth: 'user',
  cost: 'expensive',
  params,
  query: z.strictObject({
    from: time('From the minute that this is in. Left out, from the start of the stream.'),
    to: time('Up to this time. Left out, to the end of the stream, or to now.'),
  }),
  ok: { description: 'The minutes, in order, and what they sum up to.', schema: analyticsSchema },
  problems: ['forbidden', 'not-found'],
});
