import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { z } from 'zod';
import type { BatchResponse } from '../lambdas/announce/announcer.ts';
import { type StreamBatch, type StreamRecord, streamRecord } from '../lambdas/announce/streamRecord.ts';
import { announceSource } from '../model/functions.ts';
import type { StreamArns } from './dynamo/openStreams.ts';
import type { StateStore } from './stateStore.ts';

/** The position of changes on which the function failed too often, with the reason of the last attempt. */
export const failedChanges = z.object({
  streamArn: z.string(),
  shardId: z.string(),
  startSequenceNumber: z.string(),
  endSequenceNumber: z.string(),
  batchSize: z.number(),
  reason: z.string(),
  attempts: z.number(),
  failedAt: z.string(),
});
export type FailedChanges = Readonly<z.output<typeof failedChanges>>;

export interface TableStreamsOptions {
  readonly client: DynamoDBStreamsClient;
  readonly streams: StreamArns;
  readonly handler: (batch: StreamBatch) => Promise<BatchResponse>;
  readonly onDeadLetter: (changes: FailedChanges) => void;
  /** Is called when a stream cannot be read. It is read again after a pause. */
  readonly onFailure: (error: unknown) => void;
  readonly stateStore: StateStore;
}

/** As often as Lambda reads a shard. */
const POLL_MS = 250;
/** The most records that DynamoDB returns at once. */
const PAGE = 1_000;
/** The waits before the retries grow by this time. Lambda waits longer, but here a developer waits. */
const RETRY_STEP_MS = 50;

const POSITION = 'streamPosition';
/** The last change of a table that is done. */
const position = z.object({ streamArn: z.string(), shardId: z.string(), sequenceNumber: z.string() });
type Position = z.output<typeof position>;

type Records = readonly StreamRecord[];

const eventNames: ReadonlySet<string> = new Set(announceSource.eventNames);

/**
 * Invokes a function with the changes of each table as Lambda's event source mapping does: in order, from the
 * first change on, again from the first one that failed, and without a change that fails too often. The
 * position is stored after each batch, so a killed process repeats at most one batch.
 */
export function tableStreams(options: TableStreamsOptions) {
  const { client, streams, stateStore, handler } = options;
  const stopped = new AbortController();
  const pause = (ms: number) => sleep(ms, undefined, { signal: stopped.signal }).catch(() => {});
  const positions = new Map(stateStore.read(POSITION, position).map(({ id, value }) => [id, value]));

  const follow = async (table: string, streamArn: string) => {
    const moveTo = (shardId: string, sequenceNumber: string) => {
      const next: Position = { streamArn, shardId, sequenceNumber };
      positions.set(table, next);
      stateStore.put(POSITION, table, next);
    };
    const invoke = async (batch: Records): Promise<{ failedAt: number; reason: string } | undefined> => {
      try {
        const { batchItemFailures } = await handler({ Records: [...batch] });
        const [failure] = batchItemFailures;
        if (failure === undefined) return undefined;
        const numbers = batch.map(({ dynamodb }) => dynamodb.SequenceNumber);
        // As in Lambda, an unknown number means that the whole batch failed.
        const failedAt = Math.max(0, numbers.indexOf(failure.itemIdentifier));
        return { failedAt, reason: 'the function reported a failure: see the log' };
      } catch (error) {
        return {
          failedAt: 0,
          reason: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
        };
      }
    };
    const deliver = async (shardId: string, batch: Records, tries = 1): Promise<void> => {
      const [first, last] = [batch[0], batch.at(-1)];
      if (first === undefined || last === undefined || stopped.signal.aborted) return;
      const end = last.dynamodb.SequenceNumber;
      const failure = await invoke(batch);
      if (failure === undefined) return moveTo(shardId, end);
      const { failedAt, reason } = failure;
      const before = batch[failedAt - 1];
      if (before !== undefined) {
        moveTo(shardId, before.dynamodb.SequenceNumber);
        return deliver(shardId, batch.slice(failedAt));
      }
      if (batch.length > 1) {
        const half = Math.ceil(batch.length / 2);
        await deliver(shardId, batch.slice(0, half));
        return deliver(shardId, batch.slice(half));
      }
      if (tries <= announceSource.retryAttempts) {
        await pause(RETRY_STEP_MS * tries);
        return deliver(shardId, batch, tries + 1);
      }
      options.onDeadLetter({
        streamArn,
        shardId,
        startSequenceNumber: end,
        endSequenceNumber: end,
        batchSize: 1,
        reason,
        attempts: tries,
        failedAt: new Date().toISOString(),
      });
      moveTo(shardId, end);
    };

    /** Returns where to go on: after the position, or at the start of the stream or of the next shard. */
    const iteratorAfter = async (
      finished?: string,
    ): Promise<{ shardId: string; iterator: string } | undefined> => {
      const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn: streamArn }));
      const ids = (StreamDescription?.Shards ?? []).flatMap(({ ShardId }) => ShardId ?? []);
      const known = positions.get(table);
      const at = known?.streamArn === streamArn && ids.includes(known.shardId) ? known : undefined;
      const shardId = finished === undefined ? (at?.shardId ?? ids[0]) : ids[ids.indexOf(finished) + 1];
      if (shardId === undefined) return undefined;
      const { ShardIterator } = await client.send(
        new GetShardIteratorCommand({
          StreamArn: streamArn,
          ShardId: shardId,
          ...(at === undefined || at.shardId !== shardId
            ? { ShardIteratorType: 'TRIM_HORIZON' }
            : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: at.sequenceNumber }),
        }),
      );
      return ShardIterator === undefined ? undefined : { shardId, iterator: ShardIterator };
    };

    let current: { shardId: string; iterator: string } | undefined;
    let finished: string | undefined;
    while (!stopped.signal.aborted) {
      try {
        current ??= await iteratorAfter(finished);
        if (current === undefined) {
          await pause(POLL_MS);
          continue;
        }
        const { shardId, iterator } = current;
        const { Records = [], NextShardIterator } = await client.send(
          new GetRecordsCommand({ ShardIterator: iterator, Limit: PAGE }),
        );
        const wanted = Records.filter(({ eventName }) => eventNames.has(eventName ?? '')).map(record =>
          streamRecord.parse({ ...record, eventSourceARN: streamArn }),
        );
        for (let from = 0; from < wanted.length; from += announceSource.batchSize)
          await deliver(shardId, wanted.slice(from, from + announceSource.batchSize));
        const last = Records.at(-1)?.dynamodb?.SequenceNumber;
        if (last !== undefined && !stopped.signal.aborted) moveTo(shardId, last);
        if (NextShardIterator === undefined) finished = shardId;
        current = NextShardIterator === undefined ? undefined : { shardId, iterator: NextShardIterator };
        // More changes may follow a full page at once.
        if (Records.length < PAGE) await pause(POLL_MS);
      } catch (error) {
        if (stopped.signal.aborted) break;
        options.onFailure(error);
        current = undefined;
        await pause(1_000);
      }
    }
  };
  const following = [...streams].map(([table, arn]) => follow(table, arn));

  return {
    /** Waits for the batch in progress. The next process continues after it. */
    stop: async () => {
      stopped.abort();
      await Promise.all(following);
    },
  };
}
