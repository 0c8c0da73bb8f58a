import type { Stage, StageParticipant } from '../model/stage.ts';
import type { Database } from './database.ts';
import type { TransactItem } from './transaction.ts';
import { setAll } from './update.ts';

type StagesDatabase = Pick<Database<'stages' | 'stageParticipants'>, 'names'>;

/** Writes who publishes on a stage, if its row is still as `stage` was read. */
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

/** Writes a participant's latest event, if the row is still at the version that was read (undefined: no row). */
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
