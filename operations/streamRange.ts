import {
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ResourceNotFoundException,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import * as z from 'zod';
import { type StreamRecord, streamRecord } from '../lambdas/announce/streamRecord.ts';

/** The position of a batch in a stream: `DDBStreamBatchInfo` of Lambda's failure records. */
export const streamRange = z.object({
  streamArn: z.string(),
  shardId: z.string(),
  startSequenceNumber: z.string().regex(/^\d+$/),
  endSequenceNumber: z.string().regex(/^\d+$/),
});
export type StreamRange = z.output<typeof streamRange>;

/**
 * Reads the records of a batch, and those between them that were in parallel batches. Returns none when the
 * stream does not have them any more: DynamoDB keeps records for 24 hours.
 */
export async function recordsIn(
  client: DynamoDBStreamsClient,
  { streamArn, shardId, startSequenceNumber, endSequenceNumber }: StreamRange,
): Promise<StreamRecord[]> {
  const records: StreamRecord[] = [];
  try {
    const start = await client.send(
      new GetShardIteratorCommand({
        StreamArn: streamArn,
        ShardId: shardId,
        ShardIteratorType: 'AT_SEQUENCE_NUMBER',
        SequenceNumber: startSequenceNumber,
      }),
    );
    for (let iterator = start.ShardIterator, empty = 0; iterator !== undefined; ) {
      const { Records = [], NextShardIterator } = await client.send(
        new GetRecordsCommand({ ShardIterator: iterator }),
      );
      const page = Records.map(record => streamRecord.parse({ ...record, eventSourceARN: streamArn }));
      const within = page.filter(
        ({ dynamodb }) => BigInt(dynamodb.SequenceNumber) <= BigInt(endSequenceNumber),
      );
      records.push(...within);
      const last = page.at(-1);
      if (last !== undefined && BigInt(last.dynamodb.SequenceNumber) >= BigInt(endSequenceNumber)) break;
      empty = page.length === 0 ? empty + 1 : 0;
      if (empty === MAX_EMPTY)
        throw new Error(`${streamArn} returned no changes in ${MAX_EMPTY} requests: try again`);
      iterator = NextShardIterator;
    }
  } catch (error) {
    if (!(error instanceof TrimmedDataAccessException || error instanceof ResourceNotFoundException))
      throw error;
  }
  return records;
}

/** A page can be empty although later ones are not. */
const MAX_EMPTY = 20;
