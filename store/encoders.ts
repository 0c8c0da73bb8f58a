import { ConditionalCheckFailedException, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Encoder, streamRow } from '../model/stream.ts';
import * as z from '../model/zod.ts';
import { batchGet } from './batchGet.ts';
import type { Database } from './database.ts';

const row = z.pick(streamRow, { channelId: true, id: true, channelArn: true, encoder: true });

/** The key of a stream's row. */
export type StreamName = Pick<z.infer<typeof row>, 'channelId' | 'id'>;

/**
 * Returns the streams of `keys` that exist and have no encoder configuration yet. May lag behind writes. One request
 * for up to 100 keys.
 */
export async function withoutEncoder(
  database: Database<'streams'>,
  keys: readonly StreamName[],
): Promise<readonly (StreamName & { readonly channelArn: string })[]> {
  const table = database.names.streams;
  const rows = await batchGet(
    database,
    keys.map(({ channelId, id }) => ({ table, key: { channelId, id } })),
    { consistent: false, attributes: Object.keys(row.shape) },
  );
  return (rows.get(table) ?? []).map(one => row.parse(one)).filter(({ encoder }) => encoder === undefined);
}

/**
 * Stores the encoder configuration of a stream, if the stream exists and has none. Does not change `version`, so that
 * it never makes a fold fail. One request.
 *
 * @returns false when nothing was written, also because a fold was writing the stream at the same time.
 */
export async function putEncoder(
  { client, names }: Database<'streams'>,
  { channelId, id }: StreamName,
  encoder: Encoder,
): Promise<boolean> {
  try {
    await client.send(
      new UpdateCommand({
        TableName: names.streams,
        Key: { channelId, id },
        UpdateExpression: 'SET encoder = :encoder',
        ConditionExpression: 'attribute_exists(id) AND attribute_not_exists(encoder)',
        ExpressionAttributeValues: { ':encoder': encoder },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException || error instanceof TransactionConflictException)
      return false;
    throw error;
  }
}
