import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { localQueue } from '../../local/awsEndpoint/queue.ts';
import { nullStateStore } from '../../local/stateStore.ts';
import { parseDeadLetter } from '../../operations/deadLetter.ts';
import type { Queue } from '../../operations/queue.ts';
import { type RedriveOptions, redriveQueue } from '../../operations/redriveQueue.ts';

const event = { id: 'e1', 'detail-type': 'IVS Stream State Change', source: 'aws.ivs', detail: {} };
const record = (
  requestPayload: unknown,
  responsePayload: object | null = { errorType: 'E', errorMessage: 'no' },
) =>
  JSON.stringify({
    version: '1.0',
    requestContext: { requestId: 'r', condition: 'RetriesExhausted', approximateInvokeCount: 3 },
    requestPayload,
    responsePayload,
  });

describe('a dead letter', () => {
  test('of Lambda has the event inside, and the error of the function', () => {
    expect(parseDeadLetter(record(event))).toEqual({ payload: event, error: 'E: no' });
    expect(parseDeadLetter(record({ awslogs: { data: '' } }, null))).toEqual({
      payload: { awslogs: { data: '' } },
      error: 'RetriesExhausted',
    });
  });

  test('of EventBridge is the event itself, with the error in the attributes', () => {
    const attributes = { ERROR_CODE: 'NO_PERMISSIONS', ERROR_MESSAGE: 'not allowed' };
    expect(parseDeadLetter(JSON.stringify(event), attributes)).toEqual({
      payload: event,
      error: 'not allowed',
    });
    expect(parseDeadLetter(JSON.stringify(event))).toEqual({ payload: event, error: undefined });
  });

  test('of a stream has the position of the changes, and why Lambda gave up', () => {
    const DDBStreamBatchInfo = {
      shardId: 'shardId-1',
      startSequenceNumber: '7',
      endSequenceNumber: '9',
      batchSize: 3,
      streamArn: 'arn:aws:dynamodb:us-west-2:123456789012:table/T/stream/2026-01-15T10:00:00.000',
    };
    const requestContext = { requestId: 'r', condition: 'RetryAttemptsExhausted', approximateInvokeCount: 9 };
    const body = JSON.stringify({ version: '1.0', requestContext, DDBStreamBatchInfo });
    expect(parseDeadLetter(body)).toEqual({ payload: DDBStreamBatchInfo, error: 'RetryAttemptsExhausted' });
  });

  test.each(['', 'hello', '[]', '{}', '{"requestPayload": {}}', '{"id": 1}', record(undefined)])(
    'in any other format has no event: %s',
    body => {
      expect(parseDeadLetter(body)).toBeUndefined();
    },
  );
});

/** A queue in memory with a clock that the test moves. */
function queueOf(...bodies: string[]) {
  let now = 0;
  const local = localQueue<string>({
    name: 'queue',
    item: z.string(),
    bodyOf: body => body,
    stateStore: nullStateStore,
    now: () => now,
  });
  for (const body of bodies) local.send(body);
  const queue: Queue = {
    receive: async () =>
      local.receive(10, 120_000).map(({ id, body, receipt }) => ({
        id,
        body,
        attributes: {},
        delete: async () => void local.delete(receipt),
        release: async () => void local.changeVisibility(receipt, 0),
      })),
    counts: async () => ({ waiting: local.counts().visible, underWay: local.counts().hidden }),
  };
  return {
    local,
    queue,
    forward: (ms: number) => {
      now += ms;
    },
  };
}

function redrive(queue: Queue, overrides: Partial<RedriveOptions> = {}) {
  const said: string[] = [];
  const handled: unknown[] = [];
  const done = redriveQueue({
    queue,
    handle: async payload => {
      handled.push(payload);
      return 'folded';
    },
    describe: payload => JSON.stringify(payload),
    say: line => said.push(line),
    dry: false,
    ...overrides,
  });
  return { done, said, handled };
}

describe('redriving a queue', () => {
  const letters = Array.from({ length: 25 }, (_, n) => record({ n }));

  test('handles each message once, and leaves none', async () => {
    const { local, queue } = queueOf(...letters);
    const { done, handled } = redrive(queue);
    expect(await done).toEqual({ handled: { folded: 25 }, left: 0, elsewhere: 0 });
    expect(handled).toHaveLength(25);
    expect(local.items()).toEqual([]);
  });

  test('keeps a message that fails again, after one attempt, names it, and continues with the others', async () => {
    const { local, queue } = queueOf(...letters, 'poison');
    const tries: unknown[] = [];
    const { done, said } = redrive(queue, {
      handle: async payload => {
        tries.push(payload);
        if (JSON.stringify(payload) === '{"n":7}') throw new RangeError('still\n broken');
        return 'folded';
      },
    });
    expect(await done).toEqual({ handled: { folded: 24 }, left: 2, elsewhere: 0 });
    expect(tries).toHaveLength(25);
    expect(local.items()).toEqual([record({ n: 7 }), 'poison']);
    expect(said).toEqual([
      expect.stringMatching(/\{"n":7\} failed again: RangeError: still broken$/),
      expect.stringMatching(/neither an event nor a failure record of Lambda: "poison"$/),
    ]);
    // The next run can receive it at once.
    expect(local.counts()).toEqual({ visible: 2, hidden: 0 });
  });

  test('only lists the messages in a dry run', async () => {
    const { local, queue } = queueOf(...letters);
    const { done, said, handled } = redrive(queue, { dry: true });
    expect(await done).toEqual({ handled: {}, left: 25, elsewhere: 0 });
    expect([handled, said.length, local.counts()]).toEqual([[], 25, { visible: 25, hidden: 0 }]);
    expect(said[0]).toContain('{"n":0}, which failed with E: no');
  });

  test('deletes a message only after it was handled', async () => {
    const { local, queue } = queueOf(record({ n: 1 }));
    const { done } = redrive(queue, {
      handle: async () => {
        expect(local.items()).toHaveLength(1);
        return 'folded';
      },
    });
    expect(await done).toMatchObject({ handled: { folded: 1 } });
  });

  test('counts the messages that a killed run still holds, and handles them once they are visible again', async () => {
    const { queue, forward } = queueOf(...letters.slice(0, 3));
    await queue.receive();
    expect(await redrive(queue).done).toEqual({ handled: {}, left: 0, elsewhere: 3 });
    forward(120_000);
    expect(await redrive(queue).done).toEqual({ handled: { folded: 3 }, left: 0, elsewhere: 0 });
  });

  test('ends when only failed messages are left, even if a slow run sees them again', async () => {
    const { queue, forward } = queueOf(...letters.slice(0, 2));
    const { done } = redrive(queue, {
      handle: async () => {
        forward(120_000);
        throw new Error('slow');
      },
    });
    expect(await done).toMatchObject({ left: 2 });
  });

  test('releases the messages that it holds when it is interrupted', async () => {
    const { local, queue } = queueOf(...letters);
    const stop = new AbortController();
    const { done } = redrive(queue, {
      signal: stop.signal,
      handle: async () => {
        stop.abort();
        throw new Error('no');
      },
    });
    expect(await done).toMatchObject({ left: 10 });
    expect(local.counts()).toEqual({ visible: 25, hidden: 0 });
  });
});
