import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { type Stage, type StageInvitation, type StageToken, stageTokenRow } from '../model/stage.ts';
import type { Timestamp } from '../model/time.ts';
import type { Database } from './database.ts';
import { putInvitations } from './stages.ts';
import { type TransactItem, transact } from './transaction.ts';

// The invariants of a stage's guests:
// - A stage has at most 11 invitations in force, and a user at most one on it. Both are decided on the stage's row
//   as it was read, and every write of its invitations holds that the row is still at that version.
// - An invitation and its token's row come and go together, in one transaction. Only TTL deletes the token's row alone:
//   such an invitation gives nobody anything, and its time is over.
// - A token is handed out to its user only, with a minute left at least, and only while its invitation stands.
// - What IVS made and no transaction wrote is never told to anybody. An unused token is nobody's: it ends by itself.

type TokensDatabase = Database<'stages' | 'stageTokens'>;

/**
 * The token of an invitation, read consistently. One request. It may have expired: whoever reads it compares.
 * Undefined when the invitation has ended.
 */
export async function getStageToken(
  { client, names }: Database<'stageTokens'>,
  stageId: string,
  participantId: string,
): Promise<StageToken | undefined> {
  const { Item } = await client.send(
    new GetCommand({ TableName: names.stageTokens, Key: { stageId, participantId }, ConsistentRead: true }),
  );
  return Item === undefined ? undefined : stageTokenRow.parse(Item);
}

/** What becomes of a stage's guests in one write. */
export interface GuestsChange {
  /** All invitations as they are to be; those of the stage that are missing here end. */
  readonly invitations: readonly StageInvitation[];
  /** The token of the one that is new. */
  readonly added?: StageToken;
}

/**
 * Writes a stage's invitations with their tokens, all or nothing, if nobody has written to the stage since it was
 * read. The tokens of the invitations that end are deleted. One request.
 *
 * @returns whether it was written.
 * @throws TransactionContentionError
 */
export async function changeGuests(
  database: TokensDatabase,
  stage: Stage,
  { invitations, added }: GuestsChange,
  now: Timestamp,
): Promise<boolean> {
  const staying = new Set(invitations.map(({ participantId }) => participantId));
  const ended = (stage.invitations ?? []).filter(({ participantId }) => !staying.has(participantId));
  const TableName = database.names.stageTokens;
  const removals = ended.map(
    ({ participantId }): TransactItem => ({
      Delete: { TableName, Key: { stageId: stage.id, participantId } },
    }),
  );
  const puts: TransactItem[] =
    added === undefined
      ? []
      : [{ Put: { TableName, Item: added, ConditionExpression: 'attribute_not_exists(participantId)' } }];
  const items = [putInvitations(database, stage, invitations, now), ...puts, ...removals];
  return (await transact(database, items)).committed;
}
