import { z } from '@hono/zod-openapi';
import { timestamp } from '../../../model/time.ts';
import { MAX_ANALYTICS_MINUTES } from '../../../model/viewerMinute.ts';
import { streamId, username } from '../http/parameters.ts';
import { none, route } from '../http/route.ts';
import { withOpenApi } from '../http/withOpenApi.ts';
import { analyticsSchema, sampleSchema, takenSampleSchema, viewersSchema } from './schemas.ts';

const params = z.strictObject({ username, streamId });

export const postMetricsRoute = route('postMetrics', {
  summary: 'Report playback metrics',
  description:
    "Counts the caller as a viewer, and records playback metrics for the channel's owner. The first " +
    'sample joins the audience. Each response contains the token for the next sample and the time at ' +
    'which to send it: about every 30 seconds, or minutes later when the audience is so large that only ' +
    'a part of it is sampled. A viewer counts once per minute, no matter how many samples are sent. ' +
    'After the end of the stream, viewers can no longer join or send samples, and the response is a ' +
    '409. Only joins count towards the rate limit.',
  auth: 'optional',
  countsItself: true,
  params,
  query: none,
  body: sampleSchema,
  ok: { description: 'The sample is recorded.', schema: takenSampleSchema },
  problems: ['not-found', 'conflict'],
});

export const getViewersRoute = route('getViewers', {
  summary: 'Get the number of viewers',
  description:
    'Returns the current number of viewers of a stream, at most one minute old. An ended stream has 0 ' +
    'viewers.',
  auth: 'none',
  params,
  query: none,
  ok: { description: 'The number of viewers.', schema: viewersSchema },
  problems: ['not-found'],
});

const time = (description: string) =>
  withOpenApi(timestamp).optional().openapi({ description, type: 'string', format: 'date-time' });

export const getAnalyticsRoute = route('getAnalytics', {
  summary: 'Get the analytics of a stream',
  description:
    'Returns, for each minute of your stream, the number of viewers, the playback metrics and the ' +
    `number of chat messages. A response has at most ${MAX_ANALYTICS_MINUTES} minutes; the next one ` +
    'begins at its `nextFrom`. The totals cover only the minutes of the response.',
  auth: 'user',
  cost: 'expensive',
  params,
  query: z.strictObject({
    from: time(
      'The response begins with the minute that contains this time. Default: the start of the stream.',
    ),
    to: time('The response ends at this time. Default: the end of the stream, or now if the stream is open.'),
  }),
  ok: { description: 'The minutes in order, and their totals.', schema: analyticsSchema },
  problems: ['forbidden', 'not-found'],
});
