import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { CATALOGUE } from '../model/category.ts';
import type { Timestamp } from '../model/time.ts';
import type { Database } from './database.ts';

/**
 * Writes `categories` with their position in the list, starting at 1. Unchanged rows and rows with other ids
 * are not written, so a repetition changes nothing. One request per category.
 */
export async function putCatalogue(
  database: Database<'categories'>,
  categories: readonly { readonly id: string; readonly name: string }[],
  now: Timestamp,
): Promise<void> {
  await Promise.all(
    categories.map(({ id, name }, index) => putCategory(database, { id, name, sortOrder: index + 1 }, now)),
  );
}

async function putCategory(
  { client, names }: Database<'categories'>,
  { id, name, sortOrder }: { readonly id: string; readonly name: string; readonly sortOrder: number },
  now: Timestamp,
): Promise<void> {
  try {
    await client.send(
      new UpdateCommand({
        TableName: names.categories,
        Key: { catalogue: CATALOGUE, id },
        UpdateExpression:
          'SET #name = :name, sortOrder = :order, updatedAt = :now, createdAt = if_not_exists(createdAt, :now)',
        ConditionExpression: 'attribute_not_exists(id) OR #name <> :name OR sortOrder <> :order',
        ExpressionAttributeNames: { '#name': 'name' },
        ExpressionAttributeValues: { ':name': name, ':order': sortOrder, ':now': now },
      }),
    );
  } catch (error) {
    // The row is already up to date.
    if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException') throw error;
  }
}
