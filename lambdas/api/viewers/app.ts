import { audienceForJoins, audienceReader } from '../../../domain/viewers/audience.ts';
import { ingestReader } from '../../../domain/viewers/ingest.ts';
import { joinCounter } from '../../../domain/viewers/join.ts';
import type { ViewerTokens } from '../../../domain/viewers/viewerTokens.ts';
import { countPlay } from '../../../domain/viewers/views.ts';
import type { IngestMetrics } from '../../../ivs/ports.ts';
import type { Log } from '../../../model/log.ts';
import type { LimitSettings } from '../../../model/rateLimit.ts';
import { peakRecorder, viewersRecorder } from '../../../store/currentViewers.ts';
import type { Database } from '../../../store/database.ts';
import { viewerCounter } from '../../../store/viewerCounts.ts';
import { viewsAdder } from '../../../store/views.ts';
import { resourceApp } from '../http/app.ts';
import { optionalCallerOf } from '../http/auth.ts';
import type { HttpApp } from '../http/context.ts';
import type { Guards } from '../http/guards.ts';
import { networksFrom } from '../http/limits.ts';
import type {
  getAnalyticsOperation,
  getViewersOperation,
  postMetricsOperation,
  postPlayOperation,
} from './answers.ts';
import { getAnalytics } from './getAnalytics.ts';
import { postMetrics } from './postMetrics.ts';
import { getAnalyticsRoute, getViewersRoute, postMetricsRoute, postPlayRoute } from './routes.ts';

export interface ViewersDependencies {
  readonly database: Database<
    'channels' | 'streams' | 'metrics' | 'viewerSamples' | 'chatMessages' | 'rateLimits'
  >;
  readonly viewerTokens: ViewerTokens;
  readonly clock: () => Date;
  /** Returns the given number of cryptographically random bytes. */
  readonly random: (bytes: number) => Uint8Array;
  readonly limits: LimitSettings;
  readonly ingest: IngestMetrics;
  readonly logger: Log;
  readonly guards: Guards;
}

export function viewersApp({
  database,
  viewerTokens,
  clock,
  random,
  limits,
  ingest,
  logger,
  guards,
}: ViewersDependencies): HttpApp {
  const audience = audienceReader(database, clock);
  const onIngestFailed = (channelId: string, error: unknown) =>
    logger.warn('the metrics of an ingest could not be read', { channelId, error });
  const readIngest = ingestReader({ ingest, clock, onIngestFailed });
  const app = resourceApp(guards);
  const shared = {
    tokens: viewerTokens,
    audience: audienceForJoins(audience, clock),
    viewersPerNetwork: limits.viewersPerNetwork,
    clock,
    random,
  };
  const samples = {
    ...shared,
    countViewer: viewerCounter(database),
    recordViewers: viewersRecorder(database),
    recordPeak: peakRecorder(database),
    addViews: viewsAdder(database, 'views'),
    limit: guards.limit,
    countJoin: joinCounter(database, viewerTokens, clock),
  };
  const plays = { ...shared, database, addViews: viewsAdder(database, 'recordingViews') };
  app.handle<typeof postMetricsOperation>(postMetricsRoute, postMetrics(samples));
  app.handle<typeof postPlayOperation>(postPlayRoute, async c => {
    const [userId, networks] = [optionalCallerOf(c)?.userId, await networksFrom(c)];
    await countPlay(plays, { ...c.req.valid('param'), userId, networks });
    return c.body(null, 204);
  });
  app.handle<typeof getViewersOperation>(getViewersRoute, async c => {
    const { username, streamId } = c.req.valid('param');
    const { viewers } = await audience(username, streamId);
    return c.json({ viewers, at: clock().toISOString() }, 200);
  });
  app.handle<typeof getAnalyticsOperation>(getAnalyticsRoute, getAnalytics({ database, readIngest, clock }));
  return app;
}
