import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ingestReader } from '../../domain/viewers/ingest.ts';
import { ingestMetrics } from '../../ivs/ingestMetrics.ts';
import type { IngestPeriods } from '../../ivs/ports.ts';
import { cloudWatch } from '../../local/awsEndpoint/cloudWatch.ts';
import { readRequest, sendReply } from '../../local/awsEndpoint/http.ts';
import { LOOPBACK } from '../../local/dynamo/engine.ts';
import { localCredentials } from '../support/database.ts';

const FROM = '2026-01-15T10:00:00.000Z';
const minute = (n: number) => new Date(Date.parse(FROM) + n * 60_000).toISOString();
const access = {
  region: async () => localCredentials.region,
  credentials: async () => ({ ...localCredentials.credentials, sessionToken: 'token' }),
};

describe('the metrics of an ingest', () => {
  /** The requests that the endpoint got, with their bodies. */
  const requests: { readonly authorization: string; readonly body: unknown }[] = [];
  const serve = cloudWatch(channelId =>
    channelId === 'ours'
      ? [{ streamId: 'st-1', from: Date.parse(minute(1)) + 30_000, to: Date.parse(minute(3)) }]
      : [],
  );
  const server = createServer((message, response) => {
    void readRequest(message).then(async request => {
      requests.push({ authorization: request.headers.authorization ?? '', body: JSON.parse(request.body) });
      sendReply(response, await serve(request));
    });
  });
  let endpoint = '';
  beforeAll(async () => {
    await new Promise<void>(resolve => server.listen(0, LOOPBACK, resolve));
    const address = server.address();
    endpoint = typeof address === 'object' ? `http://${LOOPBACK}:${address?.port}` : '';
  });
  afterAll(() => void server.close());

  test('are read with one signed request, and have a value for each minute in which the channel was live', async () => {
    const { read } = ingestMetrics(access, { AWS_ENDPOINT_URL: endpoint });
    const points = await read('ours', { from: FROM, to: minute(5), seconds: 60 });
    expect([...points.keys()]).toEqual([minute(1), minute(2)]);
    expect(points.get(minute(1))).toEqual({
      videoBitrate: expect.any(Number),
      framerate: expect.any(Number),
      keyframeIntervalSeconds: 2,
    });
    expect(requests).toHaveLength(1);
    expect(requests[0]?.authorization).toMatch(/\/us-west-2\/monitoring\/aws4_request/);
    expect(requests[0]?.body).toMatchObject({
      StartTime: Date.parse(FROM) / 1_000,
      MetricDataQueries: [
        {
          MetricStat: {
            Metric: { Namespace: 'AWS/IVS', Dimensions: [{ Name: 'Channel', Value: 'ours' }] },
            Period: 60,
            Stat: 'Average',
          },
        },
        {},
        {},
      ],
    });
    expect(await read('other', { from: FROM, to: minute(5), seconds: 60 })).toEqual(new Map());
  });

  test('that CloudWatch refuses to return are an error that says why', async () => {
    const { read } = ingestMetrics(access, { AWS_ENDPOINT_URL: endpoint });
    await expect(read('ours', { from: FROM, to: FROM, seconds: 7 })).rejects.toThrow(
      /GetMetricData with 400: .*Period/s,
    );
  });
});

describe('a reader of an ingest', () => {
  function reader(now: string) {
    let time = Date.parse(now);
    const read: IngestPeriods[] = [];
    const failed: unknown[] = [];
    let failure: Error | undefined;
    const ingest = async (_: string, periods: IngestPeriods) => {
      read.push(periods);
      if (failure !== undefined) throw failure;
      return new Map([[periods.from, { framerate: 30 }]]);
    };
    return {
      read,
      failed,
      forward: (ms: number) => {
        time += ms;
      },
      failWith: (error: Error | undefined) => {
        failure = error;
      },
      readIngest: ingestReader({
        ingest: { read: ingest },
        clock: () => new Date(time),
        onIngestFailed: (_, error) => void failed.push(error),
      }),
    };
  }

  test('asks at most once a minute for a chart', async () => {
    const { read, forward, readIngest } = reader(minute(10));
    for (let times = 0; times < 3; times++)
      expect(await readIngest('ours', FROM, minute(4))).toEqual(new Map([[FROM, { framerate: 30 }]]));
    expect(read).toEqual([{ from: FROM, to: minute(5), seconds: 60 }]);
    await readIngest('other', FROM, minute(4));
    expect(read).toHaveLength(2);
    forward(60_000);
    await readIngest('ours', FROM, minute(4));
    expect(read).toHaveLength(3);
  });

  test.each([
    ['2026-01-29T10:00:00.000Z', { from: minute(2), to: minute(8), seconds: 60 }],
    ['2026-02-05T10:00:00.000Z', { from: minute(0), to: minute(10), seconds: 300 }],
    ['2026-04-15T10:00:00.000Z', { from: minute(0), to: minute(60), seconds: 3_600 }],
  ])('asks at %s for the shortest periods that CloudWatch still has', async (now, periods) => {
    const { read, readIngest } = reader(now);
    await readIngest('ours', minute(2), minute(7));
    expect(read).toEqual([periods]);
  });

  test('reports a failure, returns nothing, and asks again', async () => {
    const { read, failed, failWith, readIngest } = reader(minute(10));
    failWith(new Error('busy'));
    expect(await readIngest('ours', FROM, minute(4))).toBeUndefined();
    expect(failed).toEqual([new Error('busy')]);
    failWith(undefined);
    expect(await readIngest('ours', FROM, minute(4))).toBeDefined();
    expect(read).toHaveLength(2);
  });
});
