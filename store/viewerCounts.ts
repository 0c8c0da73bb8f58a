import type { SeedMark } from '../model/row.ts';
import type { Timestamp } from '../model/time.ts';
import type { ViewerSample } from '../model/viewerMinute.ts';
import type { Database } from './database.ts';
import { type Added, addToMinute } from './viewerMinutes.ts';
import { deleteSample, putSample } from './viewerSamples.ts';

/** A viewer to be counted in a minute of a stream. */
export interface Count {
  readonly streamId: string;
  readonly minute: Timestamp;
  readonly sample: ViewerSample;
  /** What this viewer adds to the minute's row. */
  readonly added: Added;
  /** The stream's seed mark. */
  readonly mark: SeedMark;
}

/**
 * Counts a viewer in a minute, once. Gives the viewers of that minute so far; `before` when this viewer was counted in
 * it before; `throttled` when the minute's row has too many writers, and the viewer is not counted.
 */
export type CountViewer = (count: Count) => Promise<number | 'before' | 'throttled'>;

/**
 * Counts with two database requests, one when the viewer was counted before: the sample is kept if there is none, and
 * whoever kept it adds it to the minute's row. One transaction of both would cost twice as much, and so many of them on
 * one row would stop each other.
 *
 * A sample that was not added is taken back, so that the player's next try counts. Should the process end between the
 * two, the viewer is missing in that minute. Should an addition be carried out and not be heard of, the viewer counts
 * twice in it.
 */
export function viewerCounter(database: Database<'viewerSamples' | 'metrics'>): CountViewer {
  return async ({ sample, added, mark, ...place }) => {
    if (!(await putSample(database, sample))) return 'before';
    // What went wrong first is what the caller is told of, whatever becomes of this.
    const takeBack = () => deleteSample(database, sample).catch(() => undefined);
    try {
      const viewers = await addToMinute(database, place, added, mark, sample.createdAt);
      if (viewers === 'throttled') await takeBack();
      return viewers;
    } catch (error) {
      await takeBack();
      throw error;
    }
  };
}
