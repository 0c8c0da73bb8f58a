import type { Networks } from '../../model/rateLimit.ts';
import { addMs } from '../../model/time.ts';
import { minuteOf } from '../../model/viewerMinute.ts';
import type { Database } from '../../store/database.ts';
import { incrementCount } from '../../store/rateLimits.ts';
import type { AddViews } from '../../store/views.ts';
import { ConflictError } from '../errors.ts';
import type { ReadAudience } from './audience.ts';
import type { ViewerTokens } from './viewerTokens.ts';

// Invariants:
// - The views of a stream, or of a recording, are the sum of `shownViews(n)` over all counters, where `n` is what a
//   counter of one minute has reached: one counter for the joins of a stream, `COUNTERS` for the plays of a recording.
//   A counter returns each number once, and the request that gets `n` adds `shownViews(n) - shownViews(before)`. So
//   no view is added twice, and the sum of a counter is right however its requests interleave.
// - `shownViews` has few steps. So the row of the stream gets a write per view only while there are few, and stays far
//   below the 1,000 write units that DynamoDB accepts for an item: see docs/viewersAndScaling.md.

const EXACT = 16;
const STEP = 1.1;

/**
 * Returns how many of a counter's `count` views are added to the row of the stream: all up to 16, then a number that
 * changes in steps of 10 % and is at most 5 % away.
 */
export function shownViews(count: number): number {
  if (count <= EXACT) return Math.max(0, count);
  const step = Math.floor(Math.log(count / EXACT) / Math.log(STEP));
  return Math.round(EXACT * STEP ** (step + 1 / 2));
}

/** A player that has played a recording for some seconds. */
export interface Play {
  readonly username: string;
  readonly streamId: string;
  /** The id of a signed-in viewer. */
  readonly userId: string | undefined;
  readonly networks: Networks;
}

export interface PlayDependencies {
  readonly database: Database<'rateLimits'>;
  readonly audience: ReadAudience;
  readonly tokens: Pick<ViewerTokens, 'pseudonym'>;
  readonly addViews: AddViews;
  /** How many plays of a recording by guests are counted from one network in a day. */
  readonly viewersPerNetwork: number;
  readonly clock: () => Date;
  /** Returns that many random bytes. */
  readonly random: (bytes: number) => Uint8Array;
}

/** The counters of a recording in a minute. Each is a row, which accepts 1,000 writes per second. */
const COUNTERS = 4;
const DAY_MS = 24 * 3600_000;

/**
 * Counts a play of a recording. On each day (UTC), a signed-in viewer counts once, and the guests of one network count
 * `viewersPerNetwork` times.
 *
 * One database read, which is cached for a second, and two writes. One more write if the views of the recording have
 * grown noticeably.
 *
 * @throws NotFoundError when the channel or the stream does not exist
 * @throws ConflictError when the stream has no finished recording of its own
 */
export async function countPlay(dependencies: PlayDependencies, play: Play): Promise<void> {
  const { database, audience, addViews, clock, random } = dependencies;
  const { streamId } = play;
  const { channelId, stream } = await audience(play.username, streamId);
  if (stream.vodStartedAt === undefined)
    throw new ConflictError('no-recording', 'the stream has no finished recording of its own');
  const now = clock();
  const { id, most } = await viewerOf(dependencies, play);
  const day = Math.floor(now.getTime() / DAY_MS);
  if ((await incrementCount(database, `${id}#${day}`, new Date((day + 1) * DAY_MS), now)) > most) return;
  const minute = minuteOf(now);
  const counter = `plays#${streamId}#${minute}#${(random(1)[0] ?? 0) % COUNTERS}`;
  const count = await incrementCount(database, counter, new Date(addMs(minute, 60_000)), now);
  const more = shownViews(count) - shownViews(count - 1);
  if (more > 0) await addViews({ channelId, streamId }, more);
}

/** Returns the count of the viewer's plays of the recording, and how many of them are views. */
async function viewerOf(
  { tokens, viewersPerNetwork }: PlayDependencies,
  { streamId, userId, networks }: Play,
): Promise<{ readonly id: string; readonly most: number }> {
  const played = (hash: string) => `played#${streamId}#${hash}`;
  if (userId !== undefined) return { id: played(await tokens.pseudonym('user', streamId, userId)), most: 1 };
  const network = networks.site ?? networks.address;
  return { id: played(await tokens.pseudonym('network', streamId, network)), most: viewersPerNetwork };
}
