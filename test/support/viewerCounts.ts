import { addMs, type Timestamp } from '../../model/time.ts';
import { minuteOf } from '../../model/viewerMinute.ts';
import type { CountViewer } from '../../store/viewerCounts.ts';

/** Counts viewers in memory as the tables do. The same tests check both. */
export interface RememberedCounts {
  readonly countViewer: CountViewer;
  /** The viewers of a minute. */
  of(minute: Timestamp): number;
  /** The viewers at `time`, as `audienceReader` finds them. */
  at(time: Date): number;
  /** How many requests the tables would have received. */
  requests(): number;
}

export function rememberedCounts(): RememberedCounts {
  const samples = new Set<string>();
  const minutes = new Map<Timestamp, number>();
  const newViewers = new Map<Timestamp, number>();
  let requests = 0;
  const of = (minute: Timestamp) => minutes.get(minute) ?? 0;
  return {
    async countViewer({ minute, sample, added }) {
      const key = `${sample.viewer} ${sample.minute}`;
      requests++;
      if (samples.has(key)) return 'before';
      samples.add(key);
      requests++;
      const viewers = of(minute) + added.viewers;
      minutes.set(minute, viewers);
      const views = (newViewers.get(minute) ?? 0) + (added['views'] ?? 0);
      newViewers.set(minute, views);
      return { viewers, views };
    },
    of,
    at: time => Math.max(of(minuteOf(time)), of(addMs(minuteOf(time), -60_000))),
    requests: () => requests,
  };
}
