import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { present } from '../model/row.ts';
import {
  type LiveStage,
  liveKeys,
  liveStageRow,
  type OpenStageRequest,
  type Stage,
  type StageInvitation,
  type StageParticipant,
  stageRow,
} from '../model/stage.ts';
import type { Database } from './database.ts';
import type { Page, PageRequest } from './pages.ts';
import { queryShards } from './shards.ts';
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
 * Lists live stages, newest first. Four requests per page, all at the same time: see `queryShards`. May lag behind
 * writes.
 *
 * @param page `after` has, for each partition, the last stage that earlier pages showed.
 */
export function listLiveStages(database: Database<'stages'>, page: PageRequest): Promise<Page<LiveStage>> {
  const rows = { index: 'liveIndex', hash: 'live', value: present, range: 'liveSince' } as const;
  return queryShards(database, liveStageRow, { table: database.names.stages, ...rows }, page);
}

/** The guests of a stage, and the users who ask to become guests. A missing member does not change. */
export interface StageGuests {
  readonly invitations?: readonly StageInvitation[];
  readonly requests?: readonly OpenStageRequest[];
}

/**
 * Writes a stage's guests, if its row is unchanged since `stage` was read. A write by the fold also counts as a
 * change.
 */
export function putGuests(
  { names }: Pick<Database<'stages'>, 'names'>,
  stage: Stage,
  { requests, ...guests }: StageGuests,
  now: string,
): TransactItem {
  const version = stage.version + 1;
  const changed = requests === undefined ? {} : { requests, requestsVersion: version };
  const update = setAll({ ...guests, ...changed, version, updatedAt: now });
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

/**
 * Writes a stage's publishers, if its row is unchanged since `stage` was read. The requests to come on the stage
 * end with its last publisher.
 *
 * @param liveSince since when anybody publishes; undefined when nobody does
 */
export function putPublished(
  { names }: StagesDatabase,
  stage: Stage,
  publishedParticipants: readonly string[],
  liveSince: string | undefined,
  now: string,
): TransactItem {
  const isLive = publishedParticipants.length > 0;
  const endsRequests = !isLive && (stage.requests ?? []).length > 0;
  const update = setAll({
    isLive,
    publishedParticipants,
    ...liveKeys(stage.id, liveSince),
    ...(endsRequests ? { requests: [], requestsVersion: stage.version + 1 } : {}),
    version: stage.version + 1,
    updatedAt: now,
  });
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
