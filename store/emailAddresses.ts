import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { emailAddressRow, emailKeyOf } from '../model/emailAddress.ts';
import type { Database } from './database.ts';
import type { TransactItem } from './transaction.ts';

// Invariant: a verified address belongs to at most one user, regardless of case. The row is written and deleted only in
// the transaction that changes `email` of the user, on the condition that nobody else has the address. So two users who
// verify one address at the same time cannot both have it, and a user's address and the row always agree.

type EmailAddressesDatabase = Database<'emailAddresses'>;

/** Returns the id of the user who has verified an address. Consistent; one request. */
export async function userIdOfEmail(
  { client, names }: EmailAddressesDatabase,
  email: string,
): Promise<string | undefined> {
  const key = { TableName: names.emailAddresses, Key: { emailKey: emailKeyOf(email) }, ConsistentRead: true };
  const { Item } = await client.send(new GetCommand(key));
  return Item === undefined ? undefined : emailAddressRow.parse(Item).userId;
}

/** Gives an address to a user, if no other user has it. */
export function takeEmail(
  { names }: Pick<EmailAddressesDatabase, 'names'>,
  { email, userId }: { readonly email: string; readonly userId: string },
  now: string,
): TransactItem {
  return {
    Put: {
      TableName: names.emailAddresses,
      Item: { emailKey: emailKeyOf(email), userId, createdAt: now, updatedAt: now },
      ConditionExpression: 'attribute_not_exists(emailKey) OR userId = :userId',
      ExpressionAttributeValues: { ':userId': userId },
    },
  };
}

/** Takes an address from its user. Does not fail when the user does not have it. */
export function freeEmail(
  { names }: Pick<EmailAddressesDatabase, 'names'>,
  { email, userId }: { readonly email: string; readonly userId: string },
): TransactItem {
  return {
    Delete: {
      TableName: names.emailAddresses,
      Key: { emailKey: emailKeyOf(email) },
      ConditionExpression: 'attribute_not_exists(emailKey) OR userId = :userId',
      ExpressionAttributeValues: { ':userId': userId },
    },
  };
}
