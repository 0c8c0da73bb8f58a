import { ConditionalCheckFailedException, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Stream } from '../model/stream.ts';
import type { Database } from './database.ts';
import { waitBeforeRetry } from './retry.ts';
import { isThrottling } from './viewerMinutes.ts';

/** Adds views to a stream or to its recording. */
export type AddViews = (
  stream: Pick<Stream, 'channelId'> & { readonly streamId: string },
  more: number,
) => Promise<void>;

/** A fold holds the row of a stream for some milliseconds. */
const heldPolicy = { tries: 4, firstDelayMs: 20, longestDelayMs: 100 };

/**
 * Returns a function that adds views to the row of a stream. They are not part of what the fold writes, and do not
 * change `version`. One request, which is repeated while a transaction holds the row. Does nothing when the stream has
 * been deleted, and when DynamoDB has no room for the write after all tries.
 *
 * @param counted `views` for those who watched the stream, `recordingViews` for plays of its recording.
 */
export function viewsAdder(
  { client, names }: Database<'streams'>,
  counted: 'views' | 'recordingViews',
): AddViews {
  return async ({ channelId, streamId }, more) => {
    const update = new UpdateCommand({
      TableName: names.streams,
      Key: { channelId, id: streamId },
      UpdateExpression: 'ADD #counted :more',
      ConditionExpression: 'attribute_exists(id)',
      ExpressionAttributeNames: { '#counted': counted },
      ExpressionAttributeValues: { ':more': more },
    });
    for (let failed = 1; ; failed++) {
      try {
        await client.send(update);
        return;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return;
        if (!(error instanceof TransactionConflictException) && !isThrottling(error)) throw error;
        if (failed >= heldPolicy.tries) return;
        await waitBeforeRetry(failed, heldPolicy);
      }
    }
  };
}
