import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { type Stage, type StageInvitation, type StageToken, stageTokenRow } from '../model/stage.ts';
import type { Timestamp } from '../model/time.ts';
import type { Database } from './database.ts';
import { isNotBanned } from './moderationRules.ts';
import { removeRequestRow } from './stageRequests.ts';
import { putGuests } from './stages.ts';
import { type TransactItem, transact } from './transaction.ts';

// Invariants of a stage's guests:
// - A stage has at most 11 valid invitations, at most one per user. Both limits are checked on the stage's
//   row as it was read, and every write of invitations requires that the row still has that version.
// - An invitation and its token's row are written and deleted in one transaction. Only TTL deletes a token's
//   row alone, and then the invitation has expired as well.
// - Nobody gets an invitation while they are banned from the host's channel.
// - A token is returned only to its user, with at least one minute of validity left, and only while its
//   invitation exists.
// - A token that IVS created but no transaction stored is never returned. It expires unused.

type TokensDatabase = Database<'stages' | 'stageTokens' | 'stageRequests' | 'bans'>;

/**
 * Reads the token of an invitation consistently. The token may have expired, so callers compare its expiry.
 * One request.
 *
 * @returns undefined when the invitation has ended.
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

/** A change of a stage's guests. */
export interface GuestsChange {
  /** All invitations after the change. Current invitations that are missing here end. */
  readonly invitations: readonly StageInvitation[];
  readonly added?: NewGuest;
}

/** A new invitation. If the user asked to come on the stage, it accepts the request. */
export interface NewGuest {
  readonly token: StageToken;
  /** The host's channel, from which the user must not be banned. */
  readonly channelId: string;
}

/**
 * Writes a stage's invitations and their tokens in one transaction, if the stage is unchanged since it was
 * read. Deletes the tokens of the invitations that end, and the request that the new invitation accepts. One
 * request.
 *
 * @returns why nothing was written, or `changed`.
 * @throws TransactionContentionError when another transaction is changing the same rows.
 */
export async function changeGuests(
  database: TokensDatabase,
  stage: Stage,
  { invitations, added }: GuestsChange,
  now: Timestamp,
): Promise<'changed' | 'conflict' | 'banned'> {
  const remaining = new Set(invitations.map(({ participantId }) => participantId));
  const ended = (stage.invitations ?? []).filter(({ participantId }) => !remaining.has(participantId));
  const TableName = database.names.stageTokens;
  const removals = ended.map(
    ({ participantId }): TransactItem => ({
      Delete: { TableName, Key: { stageId: stage.id, participantId } },
    }),
  );
  const puts: TransactItem[] =
    added === undefined
      ? []
      : [
          {
            Put: { TableName, Item: added.token, ConditionExpression: 'attribute_not_exists(participantId)' },
          },
        ];
  const { requests = [] } = stage;
  const accepted = requests.filter(({ userId }) => userId === added?.token.userId);
  const guests =
    accepted.length === 0
      ? { invitations }
      : { invitations, requests: requests.filter(request => !accepted.includes(request)) };
  const answered = accepted.map(({ userId }) => removeRequestRow(database, stage.id, userId));
  const allowed =
    added === undefined ? [] : [isNotBanned(database, added.channelId, added.token.userId, now)];
  const items = [...allowed, putGuests(database, stage, guests, now), ...puts, ...removals, ...answered];
  const result = await transact(database, items);
  if (result.committed) return 'changed';
  return allowed.length > 0 && result.failed.includes(0) ? 'banned' : 'conflict';
}
