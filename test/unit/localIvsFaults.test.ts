import { ListChannelsCommand, ListStreamsCommand, StopStreamCommand } from '@aws-sdk/client-ivs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { faultPlan } from '../../local/ivs/faults.ts';
import { tokenBuckets, unlimited } from '../../local/ivs/quotas.ts';
import { CHANNEL, ivsEvent, startIvs, type TestIvs } from './localIvsEndpoint.ts';

let ivs: TestIvs | undefined;
afterEach(() => ivs?.stop());

const list = (test: TestIvs) => test.client.send(new ListStreamsCommand({}));

describe('quotas', () => {
  test('allow five calls of each operation at once, and one more every fifth of a second', () => {
    let now = 0;
    const quota = tokenBuckets(() => now);
    const calls = (count: number, operation = 'ListStreams') =>
      Array.from({ length: count }, () => quota(operation)).filter(Boolean).length;
    expect(calls(9)).toBe(5);
    expect(calls(9, 'GetStream')).toBe(5);
    now += 199;
    expect(calls(1)).toBe(0);
    now += 1;
    expect(calls(2)).toBe(1);
    now += 60_000;
    expect(calls(9)).toBe(5);
  });

  test('refuse a call above the quota as IVS does, and still record it as a call', async () => {
    ivs = await startIvs({ quota: tokenBuckets(() => 0) });
    for (let call = 0; call < 5; call++) await list(ivs);
    await expect(list(ivs)).rejects.toMatchObject({
      name: 'ThrottlingException',
      $metadata: { httpStatusCode: 429 },
    });
    await ivs.client.send(new ListChannelsCommand({}));
    expect(ivs.simulator.calls()).toEqual({ ListStreams: 6, ListChannels: 1 });
  });
});

describe('faults', () => {
  test.each([
    ['throttled', 'ThrottlingException', 429],
    ['failed', 'InternalServerException', 500],
    ['unavailable', 'ServiceUnavailable', 503],
  ] as const)('%s is reported as %s', async (failure, name, httpStatusCode) => {
    ivs = await startIvs({ quota: unlimited });
    ivs.simulator.faults.add({ operation: 'ListStreams', failure });
    await expect(list(ivs)).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
    expect((await list(ivs)).streams).toEqual([]);
  });

  test('end when the client has retried often enough', async () => {
    ivs = await startIvs({ quota: unlimited }, 3);
    ivs.simulator.faults.add({ operation: 'ListStreams', failure: 'failed', times: 2 });
    expect((await list(ivs)).$metadata.attempts).toBe(3);
  });

  test('lose the answer of a request that was carried out', async () => {
    ivs = await startIvs({ quota: unlimited });
    ivs.simulator.applyEvent(ivsEvent('Stream Start', '10:00:00'));
    ivs.simulator.faults.add({ operation: 'StopStream', failure: 'lostAnswer' });
    const stop = ivs.client.send(new StopStreamCommand({ channelArn: CHANNEL }));
    await expect(stop).rejects.toThrow('socket hang up');
    ivs.simulator.finishStops();
    expect((await list(ivs)).streams).toEqual([]);
    expect(ivs.emitted).toHaveLength(2);
  });

  test('are used in the order they were added, each as often as it says', () => {
    const plan = faultPlan();
    plan.add({ operation: 'A', failure: 'failed', times: 2 });
    plan.add({ operation: 'A', failure: 'throttled' });
    expect(plan.take('B', 1)).toBeUndefined();
    expect([plan.take('A', 1), plan.take('A', 7), plan.take('A', 1), plan.take('A', 1)]).toEqual([
      'failed',
      'failed',
      'throttled',
      undefined,
    ]);
  });

  test('are refused when they are invalid', () => {
    expect(() => faultPlan().add({ operation: 'A', failure: 'failed', times: 0 })).toThrow('times');
  });
});
