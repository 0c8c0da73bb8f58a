import type { CursorCodec } from '../../../domain/cursors.ts';
import { detailForOwner, listTimeline } from '../../../domain/streamTimeline.ts';
import type { StreamEvent } from '../../../model/streamEvent.ts';
import type { Database } from '../../../store/database.ts';
import { callerOf } from '../http/auth.ts';
import { shapeList } from '../http/lists.ts';
import type { HandlerOf } from '../http/operation.ts';
import type { listStreamEventsOperation, StreamEventBody } from './chatAnswers.ts';

export function listStreamEvents(
  database: Database<'channels' | 'streams' | 'streamEvents'>,
  cursors: CursorCodec,
): HandlerOf<typeof listStreamEventsOperation> {
  return async c => {
    const place = c.req.valid('param');
    const page = await listTimeline(database, cursors, callerOf(c), place, c.req.valid('query'));
    return c.json(shapeList(page, shape), 200);
  };
}

function shape({ eventId, time, name, detailType, detail }: StreamEvent): StreamEventBody {
  return { id: eventId, time, name, detailType, detail: detailForOwner(detail) };
}
