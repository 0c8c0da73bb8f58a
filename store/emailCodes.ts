import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { codeLimits, type EmailCode, emailCodeRow } from '../model/emailCode.ts';
import type { Database } from './database.ts';
import type { TransactItem } from './transaction.ts';

// Invariants:
// - A code is compared at most `codeLimits.tries` times, however many requests send one at the same time: each
//   comparison first takes a try, in one conditional write.
// - A code works once: what it permits is written in the transaction that deletes its row, on the condition that the row
//   still has the same code.
// - Rows and backups reveal no code: only a hash is stored.

type EmailCodesDatabase = Database<'emailCodes'>;

/** Writes a code, instead of an earlier one with the same id. One request. */
export async function putCode({ client, names }: EmailCodesDatabase, code: EmailCode): Promise<void> {
  await client.send(new PutCommand({ TableName: names.emailCodes, Item: code }));
}

/** Reads a code consistently. One request. */
export async function getCode(
  { client, names }: EmailCodesDatabase,
  id: string,
): Promise<EmailCode | undefined> {
  const key = { TableName: names.emailCodes, Key: { id }, ConsistentRead: true };
  const { Item } = await client.send(new GetCommand(key));
  return Item === undefined ? undefined : emailCodeRow.parse(Item);
}

/**
 * Takes one of the tries of a code, before it is compared. One request.
 *
 * @returns undefined when there is no such code, it has expired, or no try is left.
 */
export async function takeTry(
  { client, names }: EmailCodesDatabase,
  id: string,
  now: Date,
): Promise<EmailCode | undefined> {
  try {
    const { Attributes } = await client.send(
      new UpdateCommand({
        TableName: names.emailCodes,
        Key: { id },
        UpdateExpression: 'ADD tries :one SET updatedAt = :now',
        ConditionExpression: 'tries < :most AND expiresAt > :seconds',
        ExpressionAttributeValues: {
          ':one': 1,
          ':most': codeLimits.tries,
          ':seconds': now.getTime() / 1000,
          ':now': now.toISOString(),
        },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return emailCodeRow.parse(Attributes);
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

/** Deletes a code that was right, if it is still there. */
export function spendCode(
  { names }: Pick<EmailCodesDatabase, 'names'>,
  { id, codeHash }: Pick<EmailCode, 'id' | 'codeHash'>,
): TransactItem {
  return {
    Delete: {
      TableName: names.emailCodes,
      Key: { id },
      ConditionExpression: 'codeHash = :codeHash',
      ExpressionAttributeValues: { ':codeHash': codeHash },
    },
  };
}

/** Deletes a code, if it exists. One request. */
export async function deleteCode({ client, names }: EmailCodesDatabase, id: string): Promise<void> {
  await client.send(new DeleteCommand({ TableName: names.emailCodes, Key: { id } }));
}
