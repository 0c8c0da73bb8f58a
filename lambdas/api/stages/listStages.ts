import type { CursorCodec } from '../../../domain/cursors.ts';
import { type HostedStage, listStages as readStages } from '../../../domain/directory.ts';
import type { Database } from '../../../store/database.ts';
import { shapeCard } from '../http/card.ts';
import { shapeList } from '../http/lists.ts';
import type { HandlerOf } from '../http/operation.ts';
import type { ListedStageBody, listStagesOperation } from './answers.ts';

export function listStages(
  database: Database<'channels' | 'stages'>,
  cursors: CursorCodec,
  recordingsUrl: string,
): HandlerOf<typeof listStagesOperation> {
  return async c => {
    const { limit, cursor } = c.req.valid('query');
    return c.json(
      shapeList(await readStages(database, cursors, { limit, cursor }), stage => shape(stage, recordingsUrl)),
      200,
    );
  };
}

function shape({ stage, channel }: HostedStage, recordingsUrl: string): ListedStageBody {
  return {
    username: channel.username,
    ...shapeCard(channel, recordingsUrl),
    title: channel.title,
    categoryId: channel.categoryId ?? null,
    isLive: true,
    liveSince: stage.liveSince,
    publisherCount: stage.publishedParticipants.length,
  };
}
