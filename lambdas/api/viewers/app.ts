import { audienceForJoins, audienceReader } from '../../../domain/viewers/audience.ts';
import { ingestReader } from '../../../domain/viewers/ingest.ts';
import { joinCounter } from '../../../domain/viewers/join.ts';
import type { ViewerTokens } from '../../../domain/viewers/viewerTokens.ts';
import type { IngestMetrics } from '../../../ivs/ports.ts';
import type { Log } from '../../../model/log.ts';
import type { LimitSettings } from '../../../model/rateLimit.ts';
import { peakRecorder, viewersRecorder } from '../../../store/currentViewers.ts';
import type { Database } from '../../../store/database.ts';
import { viewerCounter } from '../../../store/viewerCounts.ts';
import { resourceApp } from '../http/app.ts';
import type { HttpApp } from '../http/context.ts';
import type { Guards } from '../http/guards.ts';
import type { getAnalyticsOperation, getViewersOperation, postMetricsOperation } from './answers.ts';
import { getAnalytics } from './getAnalytics.ts';
import { postMetrics } from './postMetrics.ts';
import { getAnalyticsRoute, getViewersRoute, postMetricsRoute } from './routes.ts';

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
  const samples = {
    tokens: viewerTokens,
    audience: audienceForJoins(audience, clock),
    countViewer: viewerCounter(database),
    recordViewers: viewersRecorder(database),
    recordPeak: peakRecorder(database),
    limit: guards.limit,
    countJoin: joinCounter(database, viewerTokens, clock),
    viewersPerNetwork: limits.viewersPerNetwork,
    clock,
    random,
  };
  app.handle<typeof postMetricsOperation>(postMetricsRoute, postMetrics(samples));
  app.handle<typeof getViewersOperation>(getViewersRoute, async c => {
    const { username, streamId } = c.req.valid('param');
    const { viewers } = await audience(username, streamId);
    return c.json({ viewers, at: clock().toISOString() }, 200);
  });
  app.handle<typeof getAnalyticsOperation>(getAnalyticsRoute, getAnalytics({ database, readIngest, clock }));
  return app;
}
