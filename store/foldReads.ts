import { setTimeout as sleep } from 'node:timers/promises';
import {
  BatchGetCommand,
  type BatchGetCommandInput,
  type BatchGetCommandOutput,
} from '@aws-sdk/lib-dynamodb';
import { type Channel, channelRow } from '../model/channel.ts';
import { type Stage, type StageParticipant, stageParticipantRow, stageRow } from '../model/stage.ts';
import { type Stream, streamRow } from '../model/stream.ts';
import type { Database } from './database.ts';

/** A channel and some of its sessions, as they were read together. */
export interface ChannelRead {
  readonly channel: Channel | undefined;
  /** By id; those without a row are left out. */
  readonly streams: ReadonlyMap<string, Stream>;
}

/** Reads a channel and the named sessions of it, consistently: one request for up to 99 sessions. */
export async function readChannel(
  database: Database<'channels' | 'streams'>,
  channelId: string,
  streamIds: readonly string[],
): Promise<ChannelRead> {
  const { channels, streams } = database.names;
  const keys = [
    { table: channels, key: { id: channelId } },
    ...streamIds.map(id => ({ table: streams, key: { channelId, id } })),
  ];
  const rows = await batchGet(database, keys);
  const [channel] = rows.get(channels) ?? [];
  const found = (rows.get(streams) ?? []).map(row => streamRow.parse(row));
  return {
    channel: channel === undefined ? undefined : channelRow.parse(channel),
    streams: new Map(found.map(stream => [stream.id, stream])),
  };
}

/** Reads a stage and one participant of it, consistently, in one request. */
export async function readStage(
  database: Database<'stages' | 'stageParticipants'>,
  stageId: string,
  participantId: string,
): Promise<{ stage: Stage | undefined; participant: StageParticipant | undefined }> {
  const { stages, stageParticipants } = database.names;
  const rows = await batchGet(database, [
    { table: stages, key: { id: stageId } },
    { table: stageParticipants, key: { stageId, id: participantId } },
  ]);
  const [stage] = rows.get(stages) ?? [];
  const [participant] = rows.get(stageParticipants) ?? [];
  return {
    stage: stage === undefined ? undefined : stageRow.parse(stage),
    participant: participant === undefined ? undefined : stageParticipantRow.parse(participant),
  };
}

type Row = Record<string, unknown>;
interface TableKey {
  readonly table: string;
  readonly key: Row;
}

// BatchGetItem's own limit.
const BATCH_KEYS = 100;
const UNPROCESSED_ATTEMPTS = 8;

async function batchGet(database: Database<never>, keys: readonly TableKey[]): Promise<Map<string, Row[]>> {
  const found = new Map<string, Row[]>();
  for (let from = 0; from < keys.length; from += BATCH_KEYS) {
    let pending: BatchGetCommandInput['RequestItems'] = byTable(keys.slice(from, from + BATCH_KEYS));
    for (let attempt = 0; Object.keys(pending ?? {}).length > 0; attempt++) {
      if (attempt === UNPROCESSED_ATTEMPTS) throw new Error('DynamoDB left keys of a batch unread');
      // Keys left unread mean that a partition is out of capacity: the next try must wait.
      if (attempt > 0) await sleep(Math.random() * 25 * 2 ** attempt);
      const answer: BatchGetCommandOutput = await database.client.send(
        new BatchGetCommand({ RequestItems: pending }),
      );
      for (const [table, rows] of Object.entries(answer.Responses ?? {})) {
        found.set(table, [...(found.get(table) ?? []), ...rows]);
      }
      pending = answer.UnprocessedKeys;
    }
  }
  return found;
}

function byTable(keys: readonly TableKey[]): Record<string, { Keys: Row[]; ConsistentRead: true }> {
  const requests: Record<string, { Keys: Row[]; ConsistentRead: true }> = {};
  for (const { table, key } of keys) {
    requests[table] ??= { Keys: [], ConsistentRead: true };
    requests[table].Keys.push(key);
  }
  return requests;
}
