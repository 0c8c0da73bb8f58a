import { getChannelStream } from '../../../domain/channelStreams.ts';
import type { Database } from '../../../store/database.ts';
import type { HandlerOf } from '../http/operation.ts';
import type { getStreamOperation } from './answers.ts';
import { shapeStream } from './shape.ts';

export function getStream(
  database: Database<'channels' | 'streams'>,
  recordingsUrl: string,
  since: () => string,
): HandlerOf<typeof getStreamOperation> {
  return async c => {
    const { username, streamId } = c.req.valid('param');
    const stream = await getChannelStream(database, username, streamId);
    return c.json(shapeStream(stream, recordingsUrl, since()), 200);
  };
}
