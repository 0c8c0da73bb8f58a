import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { CATALOGUE } from '../model/category.ts';
import type { Timestamp } from '../model/time.ts';
import type { Database } from './database.ts';

/**
 * Puts `categories` at the places they have in the list, 1 first. A row that says the same already is not
 * written, and rows of other ids are left alone: doing it again changes nothing. One request a category.
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
    // The row is as it is to be.
    if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException') throw error;
  }
}
