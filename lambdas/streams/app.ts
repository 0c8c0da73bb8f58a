import type { CursorCodec } from '../../domain/cursors.ts';
import type { Database } from '../../store/database.ts';
import { resourceApp } from '../http/app.ts';
import type { HttpApp } from '../http/context.ts';
import { getStream } from './getStream.ts';
import { listStreams } from './listStreams.ts';
import { getStreamRoute, listStreamsRoute } from './routes.ts';

export interface StreamsDependencies {
  readonly database: Database<'channels' | 'streams'>;
  readonly cursors: CursorCodec;
}

export function streamsApp({ database, cursors }: StreamsDependencies): HttpApp {
  const app = resourceApp();
  app.openapi(listStreamsRoute, listStreams(database, cursors));
  app.openapi(getStreamRoute, getStream(database));
  return app;
}
