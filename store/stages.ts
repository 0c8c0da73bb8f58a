import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { type Stage, type StageInvitation, type StageParticipant, stageRow } from '../model/stage.ts';
import type { Database } from './database.ts';
import type { TransactItem } from './transaction.ts';
import { setAll } from './update.ts';

type StagesDatabase = Pick<Database<'stages' | 'stageParticipants'>, 'names'>;

/** Reads a stage's row consistently. One request. */
export async function getStage(
  { client, names }: Database<'stages'>,
  id: string,
): Promise<Stage | undefined> {
  const { Item } = await client.send(
    new GetCommand({ TableName: names.stages, Key: { id }, ConsistentRead: true }),
  );
  return Item === undefined ? undefined : stageRow.parse(Item);
}

/**
 * Writes a stage's invitations, if its row is unchanged since `stage` was read. A write by the fold also
 * counts as a change.
 */
export function putInvitations(
  { names }: Pick<Database<'stages'>, 'names'>,
  stage: Stage,
  invitations: readonly StageInvitation[],
  now: string,
): TransactItem {
  const update = setAll({ invitations, version: stage.version + 1, updatedAt: now });
  return {
    Update: {
      TableName: names.stages,
      Key: { id: stage.id },
      ...update,
      ConditionExpression: '#version = :read',
      ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ':read': stage.version },
    },
  };
}

/** Writes a stage's publishers, if its row is unchanged since `stage` was read. */
export function putPublished(
  { names }: StagesDatabase,
  stage: Stage,
  publishedParticipants: readonly string[],
  now: string,
): TransactItem {
  const isLive = publishedParticipants.length > 0;
  const update = setAll({ isLive, publishedParticipants, version: stage.version + 1, updatedAt: now });
  return {
    Update: {
      TableName: names.stages,
      Key: { id: stage.id },
      ...update,
      ConditionExpression: '#version = :read',
      ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ':read': stage.version },
    },
  };
}

/** Writes a participant's latest event, if the row still has the version `read` (undefined: no row). */
export function putParticipant(
  { names }: StagesDatabase,
  participant: StageParticipant,
  read: number | undefined,
): TransactItem {
  const { stageId, id, ...attributes } = participant;
  const update = setAll({ ...attributes, expiresAt: participant.expiresAt, version: (read ?? 0) + 1 });
  return {
    Update: {
      TableName: names.stageParticipants,
      Key: { stageId, id },
      ...update,
      ConditionExpression: read === undefined ? 'attribute_not_exists(id)' : '#version = :read',
      ExpressionAttributeValues: {
        ...update.ExpressionAttributeValues,
        ...(read === undefined ? {} : { ':read': read }),
      },
    },
  };
}
