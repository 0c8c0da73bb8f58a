import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { ViewerSample } from '../model/viewerMinute.ts';
import type { Database } from './database.ts';

// The invariant: a viewer is added to a minute's row by whoever wrote that viewer's sample of the minute, so once,
// however often a player sends, repeats or retries it.

type SamplesDatabase = Database<'viewerSamples'>;

/**
 * Keeps a viewer's sample of a minute, if it is the first. One request.
 *
 * @returns false when there was one, which is left as it is.
 */
export async function putSample({ client, names }: SamplesDatabase, sample: ViewerSample): Promise<boolean> {
  try {
    await client.send(
      new PutCommand({
        TableName: names.viewerSamples,
        Item: sample,
        ConditionExpression: 'attribute_not_exists(viewer)',
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** Forgets a sample that could not be counted, so that the player's next try counts. One request. */
export async function deleteSample(
  { client, names }: SamplesDatabase,
  { viewer, minute }: Pick<ViewerSample, 'viewer' | 'minute'>,
): Promise<void> {
  await client.send(new DeleteCommand({ TableName: names.viewerSamples, Key: { viewer, minute } }));
}
