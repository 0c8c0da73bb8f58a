import { listChannelStreams } from '../../../domain/channelStreams.ts';
import type { CursorCodec } from '../../../domain/cursors.ts';
import type { Database } from '../../../store/database.ts';
import { shapeList } from '../http/lists.ts';
import type { HandlerOf } from '../http/operation.ts';
import type { listStreamsOperation } from './answers.ts';
import { shapeStream } from './shape.ts';

export function listStreams(
  database: Database<'channels' | 'streams'>,
  cursors: CursorCodec,
  recordingsUrl: string,
  since: () => string,
): HandlerOf<typeof listStreamsOperation> {
  return async c => {
    const { username } = c.req.valid('param');
    const page = await listChannelStreams(database, cursors, username, c.req.valid('query'));
    return c.json(
      shapeList(page, stream => shapeStream(stream, recordingsUrl, since())),
      200,
    );
  };
}
