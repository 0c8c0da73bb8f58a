import { AwsClient } from 'aws4fetch';
import { toTimestamp } from '../model/time.ts';
import * as z from '../model/zod.ts';
import type { IngestMetrics, IngestPoint } from './ports.ts';

/** Credentials and the Region, as a client of the SDK has resolved them. */
export interface AwsAccess {
  readonly region: () => Promise<string>;
  readonly credentials: () => Promise<{
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string | undefined;
  }>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The metrics of IVS, by the member of a point that they fill. */
const metrics: Readonly<Record<keyof IngestPoint, string>> = {
  videoBitrate: 'IngestVideoBitrate',
  framerate: 'IngestFramerate',
  keyframeIntervalSeconds: 'KeyframeInterval',
};

const answer = z.object({
  MetricDataResults: z.array(
    z.object({
      Id: z.enum(['videoBitrate', 'framerate', 'keyframeIntervalSeconds']),
      // Seconds since the epoch.
      Timestamps: z.array(z.number()),
      Values: z.array(z.number()),
    }),
  ),
});

// The owner waits for the answer, and the rest of it does not need these metrics.
const TIMEOUT_MS = 2_000;

/**
 * Creates a reader of CloudWatch's `GetMetricData`, the operation with three metrics of the namespace `AWS/IVS` whose
 * dimension `Channel` is the id of the channel. It signs its requests itself: the SDK's client would add 54 kB to the
 * bundle, and this adds 7.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 */
export function ingestMetrics(access: AwsAccess, environment: Environment): IngestMetrics {
  return {
    read: async (channelId, { from, to, seconds }) => {
      const [region, { accessKeyId, secretAccessKey, sessionToken }] = await Promise.all([
        access.region(),
        access.credentials(),
      ]);
      const client = new AwsClient({
        accessKeyId,
        secretAccessKey,
        ...(sessionToken === undefined ? {} : { sessionToken }),
        service: 'monitoring',
        region,
        retries: 0,
      });
      const response = await client.fetch(endpointOf(environment, region), {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': 'GraniteServiceVersion20100801.GetMetricData',
        },
        body: JSON.stringify({
          StartTime: Date.parse(from) / 1_000,
          EndTime: Date.parse(to) / 1_000,
          ScanBy: 'TimestampAscending',
          MetricDataQueries: Object.entries(metrics).map(([Id, MetricName]) => ({
            Id,
            MetricStat: {
              Metric: {
                Namespace: 'AWS/IVS',
                MetricName,
                Dimensions: [{ Name: 'Channel', Value: channelId }],
              },
              Period: seconds,
              Stat: 'Average',
            },
          })),
        }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`CloudWatch answered GetMetricData with ${response.status}: ${text}`);
      return pointsOf(answer.parse(JSON.parse(text)));
    },
  };
}

/** Uses the SDK's order of endpoints. */
function endpointOf(environment: Environment, region: string): string {
  const endpoint =
    environment['AWS_ENDPOINT_URL_CLOUDWATCH'] ||
    environment['AWS_ENDPOINT_URL'] ||
    `https://monitoring.${region}.amazonaws.com`;
  return `${endpoint.replace(/\/$/, '')}/`;
}

function pointsOf({ MetricDataResults }: z.infer<typeof answer>): ReadonlyMap<string, IngestPoint> {
  const points = new Map<string, IngestPoint>();
  for (const { Id, Timestamps, Values } of MetricDataResults) {
    for (const [index, time] of Timestamps.entries()) {
      const value = Values[index];
      if (value === undefined) continue;
      const at = toTimestamp(new Date(time * 1_000));
      points.set(at, { ...points.get(at), [Id]: value });
    }
  }
  return points;
}
