import type { IngestMetrics, IngestPeriods, IngestPoint } from '../../ivs/ports.ts';
import { addMs, type Timestamp } from '../../model/time.ts';
import { readCache } from './readCache.ts';

export type IngestMinutes = ReadonlyMap<Timestamp, IngestPoint>;

/** Reads what IVS measured at a channel's ingest. Undefined if the metrics cannot be read now. */
export type ReadIngest = (
  channelId: string,
  first: Timestamp,
  last: Timestamp,
) => Promise<IngestMinutes | undefined>;

export interface IngestDependencies {
  readonly ingest: IngestMetrics;
  readonly clock: () => Date;
  /** Called when the metrics could not be read. */
  readonly onIngestFailed: (channelId: string, error: unknown) => void;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

// CloudWatch keeps values of one minute for 15 days, of five minutes for 63 days and of an hour for 455 days. A page
// can wait a minute for a new value, and a call costs three hundredths of a thousandth of a dollar.
const CACHE_MS = MINUTE_MS;
const CACHED_CHARTS = 500;

/**
 * Returns a reader that calls CloudWatch at most once a minute for each chart and process. The metrics are an addition
 * to the analytics, so a failure is reported and not thrown.
 */
export function ingestReader({ ingest, clock, onIngestFailed }: IngestDependencies): ReadIngest {
  const cached = readCache<IngestMinutes>({ ms: CACHE_MS, size: CACHED_CHARTS, clock }, async key => {
    const [channelId = '', from = '', to = ''] = key.split(' ');
    return ingest.read(channelId, { from, to, seconds: periodOf(from, clock()) });
  });
  return async (channelId, first, last) => {
    const { from, to } = wholePeriods(first, last, periodOf(first, clock()));
    try {
      return await cached(`${channelId} ${from} ${to}`);
    } catch (error) {
      onIngestFailed(channelId, error);
      return undefined;
    }
  };
}

/** Returns the shortest period in seconds whose values CloudWatch still has. */
function periodOf(from: Timestamp, now: Date): IngestPeriods['seconds'] {
  const age = now.getTime() - Date.parse(from);
  if (age < 15 * DAY_MS) return 60;
  return age < 63 * DAY_MS ? 300 : 3_600;
}

/** Returns the periods that contain the minutes from `first` to `last`. */
function wholePeriods(first: Timestamp, last: Timestamp, seconds: number) {
  const ms = seconds * 1_000;
  const from = addMs(first, -(Date.parse(first) % ms));
  const end = Date.parse(last) + MINUTE_MS;
  return { from, to: new Date(Math.ceil(end / ms) * ms).toISOString() };
}
