import { getChannelStream } from '../../../domain/channelStreams.ts';
import type { Database } from '../../../store/database.ts';
import type { HandlerOf } from '../http/route.ts';
import type { getStreamRoute } from './routes.ts';
import { shapeStream } from './shape.ts';

export function getStream(
  database: Database<'channels' | 'streams'>,
  recordingsUrl: string,
): HandlerOf<typeof getStreamRoute> {
  return async c => {
    const { username, streamId } = c.req.valid('param');
    const stream = await getChannelStream(database, username, streamId);
    return c.json(shapeStream(stream, recordingsUrl), 200);
  };
}
