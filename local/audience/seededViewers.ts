import { additionsOf } from '../../domain/viewers/samples.ts';
import { MOCK_ID_PREFIX, seedMarkOf } from '../../model/row.ts';
import { toTimestamp } from '../../model/time.ts';
import { minuteOf, type Playback } from '../../model/viewerMinute.ts';
import { listLive } from '../../store/channels.ts';
import { viewersRecorder } from '../../store/currentViewers.ts';
import type { Database } from '../../store/database.ts';
import { addToMinute, type MinuteAdditions, readAudience } from '../../store/viewerMinutes.ts';
import { viewsAdder } from '../../store/views.ts';
import { periodicTask } from '../schedules.ts';

export interface SeededViewersOptions {
  readonly database: Database<'channels' | 'streams' | 'metrics'>;
  readonly clock: () => Date;
  /** Returns a number from 0 to 1. */
  readonly random: () => number;
}

/** Only so many channels have moving viewers, so that a large set does not use up the processor. */
const MOST_CHANNELS = 100;

/** The channels of a minute are spread over so many turns. */
export const TURNS = 12;

/** In a minute, the viewers change by up to this part of them, and at least by up to one viewer: enough to see it. */
const CHANGE = 0.35;

/** The players of the viewers, and the share of each. */
const players: readonly { readonly share: number; readonly playback: Playback }[] = [
  { share: 0.4, playback: player('1080p', 'chrome', 'windows', 'desktop', 6_000_000) },
  { share: 0.25, playback: player('720p', 'safari', 'ios', 'mobile', 2_400_000) },
  { share: 0.2, playback: player('720p', 'chrome', 'android', 'mobile', 2_400_000) },
  { share: 0.15, playback: player('480p', 'firefox', 'linux', 'desktop', 1_200_000) },
];

function player(
  quality: NonNullable<Playback['quality']>,
  browser: NonNullable<Playback['browser']>,
  os: NonNullable<Playback['os']>,
  device: NonNullable<Playback['device']>,
  bitrate: number,
): Playback {
  return { quality, browser, os, device, bitrate, framerate: 30, bufferMs: 1_800 };
}

/**
 * Returns a function that counts the viewers of this minute for one of `TURNS` parts of the seeded live channels.
 *
 * It writes what the samples of so many viewers would write, with the same functions, but all viewers of a minute at
 * once: two to five requests per channel and minute, instead of two per viewer. A channel on which somebody broadcasts
 * or in whose minute others were counted is left alone.
 */
export function seededViewers({ database, clock, random }: SeededViewersOptions): () => Promise<void> {
  const record = viewersRecorder(database);
  const addViews = viewsAdder(database, 'views');
  const shown = new Map<string, number>();
  let channels: readonly LiveChannel[] = [];
  let turn = 0;

  const count = async ({ id: channelId, openStreamId: streamId, viewers: stored = 1 }: LiveChannel) => {
    const now = clock();
    const minute = minuteOf(now);
    const { stream, viewers: known } = await readAudience(database, { channelId, streamId }, [minute]);
    if (stream?.isOpen === undefined || known.has(minute)) return;
    const before = shown.get(streamId) ?? stored;
    const viewers = next(before, random());
    shown.set(streamId, viewers);
    const views = Math.max(0, viewers - before);
    const added = { ...additionsFor(viewers, Math.round(2_600 + 1_800 * random())), views };
    const place = { streamId, minute };
    const reached = await addToMinute(database, place, added, seedMarkOf(stream), toTimestamp(now));
    if (reached === 'throttled') return;
    if (views > 0) await addViews({ channelId, streamId }, views);
    if (reached.viewers === viewers) await record({ channelId, streamId, minute, viewers });
  };

  return async () => {
    if (turn % TURNS === 0) {
      const { items } = await listLive(database, undefined, { limit: MOST_CHANNELS });
      channels = items.filter(({ openStreamId }) => openStreamId.startsWith(MOCK_ID_PREFIX));
    }
    const ofTurn = channels.filter((_, place) => place % TURNS === turn % TURNS);
    turn += 1;
    for (const channel of ofTurn) await count(channel);
  };
}

type LiveChannel = Awaited<ReturnType<typeof listLive>>['items'][number];

const MINUTE_MS = 60_000;

/** Starts moving the viewers of seeded channels. */
export function moveSeededViewers(options: SeededViewersOptions, onFailure: (error: unknown) => void) {
  return periodicTask(MINUTE_MS / TURNS, seededViewers(options), onFailure);
}

/** Returns the viewers of the next minute. */
function next(viewers: number, draw: number): number {
  return Math.max(1, Math.round(viewers + Math.max(1, viewers * CHANGE) * (2 * draw - 1)));
}

/** Returns what the samples of so many viewers add to the row of a minute. */
function additionsFor(viewers: number, latencyMs: number): MinuteAdditions {
  const sums = new Map<string, number>();
  let done = 0;
  let reached = 0;
  for (const { share, playback } of players) {
    reached += share;
    const weight = Math.round(viewers * reached) - done;
    done += weight;
    for (const [name, value] of Object.entries(additionsOf({ ...playback, latencyMs }, weight)))
      sums.set(name, (sums.get(name) ?? 0) + value);
  }
  return { ...Object.fromEntries(sums), viewers };
}
