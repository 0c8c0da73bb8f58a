import type { StageEvent } from '../model/ivsEvent.ts';
import { seedMarkOf } from '../model/row.ts';
import type { Stage, StageParticipant } from '../model/stage.ts';
import { type Clock, type Timestamp, toTimestamp } from '../model/time.ts';
import { showStage } from '../store/channels.ts';
import type { Database } from '../store/database.ts';
import { readStage } from '../store/foldReads.ts';
import { putParticipant, putPublished } from '../store/stages.ts';
import { transact } from '../store/transaction.ts';

export type StageFold = 'folded' | 'duplicate' | 'unknownStage' | 'unknownName';

// Much longer than IVS delivers late events, and short enough to keep the table small.
const KEEP_PARTICIPANT_DAYS = 30;

/**
 * Folds one stage event: a stage is live if and only if the latest event of some participant is Participant
 * Published. The stage's row lists only the current publishers, so that it does not grow with its history. It is
 * live since the event with which its first publisher came, as far as the events arrived in order.
 *
 * When the stage goes live or offline, the same transaction writes it to the host's channel, where lists show it.
 *
 * Two requests; three for a stage whose channel is missing. The stage and the participant are written only if they have not changed since they were read;
 * otherwise the result is `conflict`.
 */
export async function foldStage(
  database: Database<'stages' | 'stageParticipants' | 'channels'>,
  clock: Clock,
  event: StageEvent,
): Promise<StageFold | 'conflict'> {
  const published = publishes(event.name);
  if (published === undefined) return 'unknownName';
  const { stage, participant } = await readStage(database, event.stage.id, event.participantId);
  // Ids are unique only within one partition, Region and account.
  if (stage === undefined || stage.arn !== event.stage.arn) return 'unknownStage';
  if (participant !== undefined && !isLater(event.time, published, participant)) {
    return participant.at === event.time && participant.published === published ? 'duplicate' : 'folded';
  }
  const now = toTimestamp(clock());
  const others = stage.publishedParticipants.filter(id => id !== event.participantId);
  const publishers = published ? [...others, event.participantId].sort() : others;
  const row: StageParticipant = {
    stageId: stage.id,
    id: event.participantId,
    at: event.time,
    published,
    version: 0,
    createdAt: participant?.createdAt ?? now,
    updatedAt: now,
    ...(published ? {} : { expiresAt: expiry(event.time) }),
    ...seedMarkOf(stage),
  };
  const isLive = publishers.length > 0;
  // Stages from before schema version 5 have no channel.
  const { channelId } = stage;
  const shown =
    channelId === undefined || isLive === stage.isLive ? [] : [showStage(database, channelId, isLive)];
  const items = [
    putParticipant(database, row, participant?.version),
    putPublished(database, stage, publishers, liveSinceOf(stage, publishers, event), now),
  ];
  const result = await transact(database, [...items, ...shown]);
  if (result.committed) return 'folded';
  // Only the channel's condition failed: the channel does not exist, and no retry can change that.
  const hasNoChannel = result.failed.every(index => index >= items.length);
  return hasNoChannel && (await transact(database, items)).committed ? 'folded' : 'conflict';
}

function publishes(name: string): boolean | undefined {
  if (name === 'Participant Published') return true;
  return name === 'Participant Unpublished' ? false : undefined;
}

function liveSinceOf(
  { liveSince }: Stage,
  publishers: readonly string[],
  { time, participantId }: StageEvent,
): Timestamp | undefined {
  if (publishers.length === 0) return undefined;
  if (!publishers.includes(participantId)) return liveSince;
  return liveSince === undefined || time < liveSince ? time : liveSince;
}

// For equal times Participant Unpublished wins, as Stream End does for a stream.
function isLater(at: Timestamp, published: boolean, last: StageParticipant): boolean {
  return at > last.at || (at === last.at && last.published && !published);
}

function expiry(at: Timestamp): number {
  return Math.floor(Date.parse(at) / 1000) + KEEP_PARTICIPANT_DAYS * 86_400;
}
