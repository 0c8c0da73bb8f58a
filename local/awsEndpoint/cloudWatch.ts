import { z } from 'zod';
import { encoderOf, hashOf, KEYFRAME_SECONDS } from '../ivs/encoder.ts';
import type { StreamedTime } from '../ivs/simulator.ts';
import { type AwsService, json, jsonError, readJson } from './http.ts';

/** The value of `X-Amz-Target` for `GetMetricData`. */
export const getMetricDataTarget = 'GraniteServiceVersion20100801.GetMetricData';

const query = z.object({
  Id: z.string(),
  MetricStat: z.object({
    Metric: z.object({
      Namespace: z.literal('AWS/IVS'),
      MetricName: z.string(),
      Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })),
    }),
    Period: z.int().min(60).multipleOf(60),
    Stat: z.literal('Average'),
  }),
});
const request = z.object({
  StartTime: z.number(),
  EndTime: z.number(),
  ScanBy: z.enum(['TimestampAscending', 'TimestampDescending']).default('TimestampDescending'),
  MetricDataQueries: z.array(query).min(1).max(500),
});

/**
 * CloudWatch's `GetMetricData` for averages of the ingest metrics of IVS. The values are made from the encoder of the
 * simulated stream, and are the same at each request.
 *
 * @param streamed returns when a channel has streamed, by the id of the channel
 */
export function cloudWatch(streamed: (channelId: string) => readonly StreamedTime[]): AwsService {
  return ({ body }) => {
    const parsed = request.safeParse(readJson(body));
    if (!parsed.success)
      return jsonError(400, 'InvalidParameterValueException', z.prettifyError(parsed.error));
    const { StartTime, EndTime, ScanBy, MetricDataQueries } = parsed.data;
    const results = MetricDataQueries.map(({ Id, MetricStat: { Metric, Period } }) => {
      const { MetricName, Dimensions } = Metric;
      const channelId = Dimensions.find(({ Name }) => Name === 'Channel')?.Value ?? '';
      const times = streamed(channelId);
      const points: { readonly at: number; readonly value: number }[] = [];
      for (let at = StartTime - (StartTime % Period); at < EndTime; at += Period) {
        const time = times.find(({ from, to }) => from < (at + Period) * 1_000 && to > at * 1_000);
        const value = time === undefined ? undefined : valueAt(MetricName, time.streamId, at);
        if (value !== undefined) points.push({ at, value });
      }
      if (ScanBy === 'TimestampDescending') points.reverse();
      return {
        Id,
        Label: MetricName,
        Timestamps: points.map(({ at }) => at),
        Values: points.map(({ value }) => value),
        StatusCode: 'Complete',
      };
    });
    return json(200, { MetricDataResults: results, Messages: [] });
  };
}

/** An encoder keeps its frame rate and keyframes, and its bitrate within a tenth of its target. */
function valueAt(metric: string, streamId: string, at: number): number | undefined {
  const { framerate, videoBitrate } = encoderOf(streamId);
  switch (metric) {
    case 'IngestVideoBitrate':
      return videoBitrate * (0.9 + hashOf(`${streamId} ${at}`, 200) / 1_000);
    case 'IngestFramerate':
      return framerate;
    case 'KeyframeInterval':
      return KEYFRAME_SECONDS;
    default:
      return undefined;
  }
}
