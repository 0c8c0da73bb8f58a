import type { CursorCodec } from '../../../domain/cursors.ts';
import type { Database } from '../../../store/database.ts';
import { resourceApp } from '../http/app.ts';
import type { HttpApp } from '../http/context.ts';
import type { Guards } from '../http/guards.ts';
import type {
  getStreamOperation,
  listRecordingsOperation,
  listStreamsOperation,
  listVodsOperation,
} from './answers.ts';
import type { listChatMessagesOperation, listStreamEventsOperation } from './chatAnswers.ts';
import { listChatMessagesRoute, listStreamEventsRoute } from './chatRoutes.ts';
import { getStream } from './getStream.ts';
import { listChatMessages } from './listChatMessages.ts';
import { listStreamEvents } from './listStreamEvents.ts';
import { listStreams } from './listStreams.ts';
import { listRecordings, listVods } from './listVods.ts';
import { getStreamRoute, listRecordingsRoute, listStreamsRoute, listVodsRoute } from './routes.ts';

export interface StreamsDependencies {
  readonly database: Database<'channels' | 'streams' | 'streamEvents' | 'chatMessages'>;
  readonly cursors: CursorCodec;
  /** The base URL of recordings, without a slash at the end. */
  readonly recordingsUrl: string;
  /** Returns the start of the oldest streams whose recordings are shown. */
  readonly shownSince: () => string;
  readonly clock: () => Date;
  readonly guards: Guards;
}

export function streamsApp(dependencies: StreamsDependencies): HttpApp {
  const { database, cursors, recordingsUrl, shownSince, clock, guards } = dependencies;
  const app = resourceApp(guards);
  app.handle<typeof listStreamsOperation>(
    listStreamsRoute,
    listStreams(database, cursors, recordingsUrl, shownSince),
  );
  app.handle<typeof getStreamOperation>(getStreamRoute, getStream(database, recordingsUrl, shownSince));
  app.handle<typeof listVodsOperation>(listVodsRoute, listVods(database, cursors, recordingsUrl, shownSince));
  app.handle<typeof listRecordingsOperation>(
    listRecordingsRoute,
    listRecordings(database, cursors, recordingsUrl, shownSince),
  );
  app.handle<typeof listStreamEventsOperation>(listStreamEventsRoute, listStreamEvents(database, cursors));
  app.handle<typeof listChatMessagesOperation>(
    listChatMessagesRoute,
    listChatMessages(database, cursors, clock),
  );
  return app;
}
