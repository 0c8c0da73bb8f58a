import { getStagePage, type StagePage } from '../../../domain/stages/stagePage.ts';
import type { Database } from '../../../store/database.ts';
import type { HandlerOf } from '../http/operation.ts';
import type { getStageOperation, StageBody } from './answers.ts';

export function getStage(database: Database<'channels' | 'stages'>): HandlerOf<typeof getStageOperation> {
  return async c => {
    const page = await getStagePage(database, c.req.valid('param').username);
    return c.json(shape(page), 200);
  };
}

function shape({ username, isLive, publishers }: StagePage): StageBody {
  return {
    username,
    isLive,
    publishers: publishers.map(({ participantId, guest }) => ({ participantId, guest: guest ?? null })),
  };
}
