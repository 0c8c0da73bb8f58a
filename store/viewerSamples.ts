import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { ViewerSample } from '../model/viewerMinute.ts';
import type { Database } from './database.ts';

// Invariant: only the request that stores a viewer's sample of a minute adds the viewer to the minute's row.
// So the viewer counts once, however often the player repeats the report.

type SamplesDatabase = Database<'viewerSamples'>;

/**
 * Stores a viewer's sample of a minute, if it is the first. One request.
 *
 * @returns false when the minute already has a sample of the viewer; that sample is unchanged.
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

/** Deletes a sample that could not be counted, so that the player's next attempt counts. One request. */
export async function deleteSample(
  { client, names }: SamplesDatabase,
  { viewer, minute }: Pick<ViewerSample, 'viewer' | 'minute'>,
): Promise<void> {
  await client.send(new DeleteCommand({ TableName: names.viewerSamples, Key: { viewer, minute } }));
}
