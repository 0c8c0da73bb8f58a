import { type Channel, channelRow } from '../model/channel.ts';
import { type Stage, type StageParticipant, stageParticipantRow, stageRow } from '../model/stage.ts';
import { type Stream, streamRow } from '../model/stream.ts';
import { batchGet } from './batchGet.ts';
import type { Database } from './database.ts';

/** A channel and some of its sessions, read together. */
export interface ChannelRead {
  readonly channel: Channel | undefined;
  /** By id. Sessions without a row are left out. */
  readonly streams: ReadonlyMap<string, Stream>;
}

/** Reads a channel and the given sessions consistently. One request for up to 99 sessions. */
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

/** Reads a stage and one of its participants consistently. One request. */
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
