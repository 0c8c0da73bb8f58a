import type { AnalyticsMinute } from '../data/joinAnalytics.ts';

const MINUTE_MS = 60_000;

/** Returns the minutes that are over. The current minute of a live stream has only a part of its viewers. */
export function completeMinutes(
  minutes: readonly AnalyticsMinute[],
  now: number,
): readonly AnalyticsMinute[] {
  const complete = minutes.filter(({ minute }) => Date.parse(minute) + MINUTE_MS <= now);
  return complete.length === 0 ? minutes.slice(0, 1) : complete;
}

/** Values over time. Null where there is none. */
export type Column = readonly (number | null)[];

export interface ValueSummary {
  readonly highest: number;
  /** The index of the highest value. */
  readonly highestAt: number;
  readonly average: number;
  readonly last: number;
}

/** Returns what a sentence about a column says, or undefined when it has no values. */
export function summaryOf(column: Column): ValueSummary | undefined {
  let highestAt = -1;
  let [total, count, highest, last] = [0, 0, 0, 0];
  for (const [index, value] of column.entries()) {
    if (value === null) continue;
    if (highestAt === -1 || value > highest) {
      highest = value;
      highestAt = index;
    }
    total += value;
    count++;
    last = value;
  }
  return count === 0 ? undefined : { highest, highestAt, average: total / count, last };
}

/** A row of the table that says what the charts show. */
export interface ChartRow {
  /** When the row begins, in milliseconds since 1970. */
  readonly at: number;
  /** The most viewers of one minute. */
  readonly viewers: number;
  readonly chatMessages: number;
  readonly latencyMs: number | null;
  readonly bitrate: number | null;
  /** Bits per second that were received from the encoder. */
  readonly receivedBitrate: number | null;
}

const MOST_ROWS = 48;
const stepsInMinutes = [1, 5, 10, 15, 30, 60, 120];

/** Returns the table of a stream, in steps so long that it is short enough to read. */
export function tableOf(minutes: readonly AnalyticsMinute[]): readonly ChartRow[] {
  const step = stepsInMinutes.find(length => minutes.length / length <= MOST_ROWS) ?? 240;
  const rows: ChartRow[] = [];
  for (let from = 0; from < minutes.length; from += step) {
    const part = minutes.slice(from, from + step);
    rows.push({
      at: Date.parse(part[0]?.minute ?? ''),
      viewers: Math.max(...part.map(({ viewers }) => viewers)),
      chatMessages: part.reduce((total, { chatMessages }) => total + chatMessages, 0),
      latencyMs: averageOf(part, 'latencyMs'),
      bitrate: averageOf(part, 'bitrate'),
      receivedBitrate: summaryOf(part.map(({ ingest }) => ingest.videoBitrate))?.average ?? null,
    });
  }
  return rows;
}

/** A minute counts by its viewers. */
function averageOf(part: readonly AnalyticsMinute[], measure: 'latencyMs' | 'bitrate'): number | null {
  let [total, weight] = [0, 0];
  for (const { averages, viewers } of part) {
    const value = averages[measure];
    if (value === null) continue;
    total += value * viewers;
    weight += viewers;
  }
  return weight === 0 ? null : total / weight;
}
