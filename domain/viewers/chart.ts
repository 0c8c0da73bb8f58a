import type { ChatMinute } from '../../model/chatMessage.ts';
import type { Timestamp } from '../../model/time.ts';
import {
  browsers,
  devices,
  type KindAttribute,
  kindAttribute,
  operatingSystems,
  qualities,
  type ViewerDimension,
  type ViewerKind,
  type ViewerMeasure,
  type ViewerMinute,
  viewerMeasures,
} from '../../model/viewerMinute.ts';

/** Averages over the viewers who reported a value; undefined when no viewer did. */
export type Averages = Readonly<Record<ViewerMeasure, number | undefined>>;

/** One minute of a chart. */
export interface ChartMinute {
  readonly minute: Timestamp;
  readonly viewers: number;
  readonly averages: Averages;
  /** Including deleted messages. */
  readonly chatMessages: number;
}

/** A kind of viewers, and its share of the viewers whose kind is known. */
export interface Share<K extends ViewerKind> {
  readonly kind: K;
  readonly viewerMinutes: number;
  /** From 0 to 1. */
  readonly share: number;
}

export interface Chart {
  /** Every requested minute in order, including minutes without viewers. */
  readonly minutes: readonly ChartMinute[];
  readonly peakViewers: number;
  /** The total minutes that all viewers watched. */
  readonly viewerMinutes: number;
  readonly averages: Averages;
  /** The kinds of viewers that occurred, most frequent first. */
  readonly shares: { readonly [D in ViewerDimension]: readonly Share<ViewerKind<D>>[] };
}

/** Builds the chart of `minutes`. Rows of other minutes are ignored. */
export function buildChart(
  minutes: readonly Timestamp[],
  viewerRows: readonly ViewerMinute[],
  chatRows: readonly ChatMinute[],
): Chart {
  const viewers = new Map(viewerRows.map(row => [row.id, row]));
  const chat = new Map(chatRows.map(row => [row.minute, row.messages]));
  const rows = minutes.flatMap(minute => viewers.get(minute) ?? []);
  return {
    minutes: minutes.map(minute => {
      const row = viewers.get(minute);
      return {
        minute,
        viewers: row?.viewers ?? 0,
        averages: averagesOf(row === undefined ? [] : [row]),
        chatMessages: chat.get(minute) ?? 0,
      };
    }),
    peakViewers: rows.reduce((peak, row) => Math.max(peak, row.viewers), 0),
    viewerMinutes: sum(rows, row => row.viewers),
    averages: averagesOf(rows),
    shares: {
      quality: sharesOf(rows, qualities, kind => kindAttribute('quality', kind)),
      browser: sharesOf(rows, browsers, kind => kindAttribute('browser', kind)),
      os: sharesOf(rows, operatingSystems, kind => kindAttribute('os', kind)),
      device: sharesOf(rows, devices, kind => kindAttribute('device', kind)),
    },
  };
}

function averagesOf(rows: readonly ViewerMinute[]): Averages {
  const average = (measure: ViewerMeasure) => {
    const reporting = sum(rows, row => row.viewers - (row[`${measure}Unknown`] ?? 0));
    return reporting > 0 ? sum(rows, row => row[`${measure}Sum`]) / reporting : undefined;
  };
  const [latencyMs, bufferMs, bitrate, framerate] = viewerMeasures.map(average);
  return { latencyMs, bufferMs, bitrate, framerate };
}

function sharesOf<K extends ViewerKind>(
  rows: readonly ViewerMinute[],
  kinds: readonly K[],
  attribute: (kind: K) => KindAttribute,
): Share<K>[] {
  const counts = kinds.map(kind => ({
    kind,
    viewerMinutes: sum(rows, row => row[attribute(kind)] ?? 0),
  }));
  const all = sum(counts, ({ viewerMinutes }) => viewerMinutes);
  return counts
    .filter(({ viewerMinutes }) => viewerMinutes > 0)
    .map(count => ({ ...count, share: count.viewerMinutes / all }))
    .sort((a, b) => b.viewerMinutes - a.viewerMinutes);
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
