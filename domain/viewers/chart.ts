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

/** Averages over the viewers who told; undefined where none did. */
export type Averages = Readonly<Record<ViewerMeasure, number | undefined>>;

/** One minute of a chart. */
export interface ChartMinute {
  readonly minute: Timestamp;
  readonly viewers: number;
  readonly averages: Averages;
  /** Deleted messages among them. */
  readonly chatMessages: number;
}

/** A kind of viewers, and its part of those whose kind is known. */
export interface Share<K extends ViewerKind> {
  readonly kind: K;
  readonly viewerMinutes: number;
  /** From 0 to 1. */
  readonly share: number;
}

export interface Chart {
  /** Every minute that was asked for, in order, also those in which nobody watched. */
  readonly minutes: readonly ChartMinute[];
  readonly peakViewers: number;
  /** The minutes that all viewers watched, together. */
  readonly viewerMinutes: number;
  readonly averages: Averages;
  /** The kinds of viewers that there were, the most frequent first. */
  readonly shares: { readonly [D in ViewerDimension]: readonly Share<ViewerKind<D>>[] };
}

/** Draws what is known of `minutes`; rows of other minutes are left out. */
export function chartOf(
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
    const told = sum(rows, row => row.viewers - (row[`${measure}Unknown`] ?? 0));
    return told > 0 ? sum(rows, row => row[`${measure}Sum`]) / told : undefined;
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
