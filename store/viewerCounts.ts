import type { SeedMark } from '../model/row.ts';
import type { Timestamp } from '../model/time.ts';
import type { ViewerSample } from '../model/viewerMinute.ts';
import type { Database } from './database.ts';
import { addToMinute, type MinuteAdditions, type MinuteCount } from './viewerMinutes.ts';
import { deleteSample, putSample } from './viewerSamples.ts';

/** A viewer to count in a minute of a stream. */
export interface Count {
  readonly streamId: string;
  readonly minute: Timestamp;
  readonly sample: ViewerSample;
  /** The values that this viewer adds to the minute's row. */
  readonly added: MinuteAdditions;
  /** The stream's seed mark. */
  readonly mark: SeedMark;
}

/**
 * Counts a viewer once in a minute.
 *
 * @returns the counts of that minute so far; `before` when this viewer was already counted in it;
 * `throttled` when the minute's row has too many writers, and then the viewer is not counted.
 */
export type CountViewer = (count: Count) => Promise<MinuteCount | 'before' | 'throttled'>;

/**
 * Counts with two database requests, or one when the viewer was already counted: the request that stores the
 * viewer's first sample of the minute also adds it to the minute's row. One transaction for both would cost
 * twice as much, and many transactions on one row would conflict.
 *
 * A sample that could not be added is deleted, so that the player's next attempt counts. If the process ends
 * between the two requests, that minute lacks the viewer. If an addition succeeds but its answer is lost, the
 * viewer counts twice in that minute.
 */
export function viewerCounter(database: Database<'viewerSamples' | 'metrics'>): CountViewer {
  return async ({ sample, added, mark, ...place }) => {
    if (!(await putSample(database, sample))) return 'before';
    // The caller gets the first error, even if this deletion fails too.
    const undo = () => deleteSample(database, sample).catch(() => undefined);
    try {
      const count = await addToMinute(database, place, added, mark, sample.createdAt);
      if (count === 'throttled') await undo();
      return count;
    } catch (error) {
      await undo();
      throw error;
    }
  };
}
