import type { CursorCodec } from '../../../domain/cursors.ts';
import type { Database } from '../../../store/database.ts';
import { resourceApp } from '../http/app.ts';
import type { HttpApp } from '../http/context.ts';
import type { Guards } from '../http/guards.ts';
import type { getChannelOperation, listChannelsOperation, searchChannelsOperation } from './answers.ts';
import { getChannel } from './getChannel.ts';
import { listChannels, searchChannels } from './listChannels.ts';
import { getChannelRoute, listChannelsRoute, searchChannelsRoute } from './routes.ts';

export interface ChannelsDependencies {
  readonly database: Database<'channels' | 'rankings' | 'streams' | 'follows' | 'bans' | 'moderators'>;
  readonly cursors: CursorCodec;
  /** The base URL of recordings, without a slash at the end. */
  readonly recordingsUrl: string;
  readonly clock: () => Date;
  readonly guards: Guards;
}

export function channelsApp({
  database,
  cursors,
  recordingsUrl,
  clock,
  guards,
}: ChannelsDependencies): HttpApp {
  const app = resourceApp(guards);
  app.handle<typeof listChannelsOperation>(
    listChannelsRoute,
    listChannels(database, cursors, clock, recordingsUrl),
  );
  app.handle<typeof searchChannelsOperation>(
    searchChannelsRoute,
    searchChannels(database, cursors, clock, recordingsUrl),
  );
  app.handle<typeof getChannelOperation>(getChannelRoute, getChannel(database, clock, recordingsUrl));
  return app;
}
