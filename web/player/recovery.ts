/** What went wrong with playback. */
export type Trouble = 'network' | 'missing' | 'media' | 'stalled' | 'slept' | 'unknown';

/**
 * What the player does about it: `load` continues loading, `decode` gives the decoder new buffers, `seek` jumps to the
 * live edge or over a gap, `restart` begins again from the playlist.
 */
export interface Remedy {
  readonly act: 'load' | 'decode' | 'seek' | 'restart';
  readonly afterMs: number;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5_000;
// IVS answers 404 for a playlist until a stream has its first segments, and for some seconds when an encoder reconnects.
const MISSING_WAIT_MS = 2_000;

/**
 * Chooses the remedy for the `attempt`th trouble (from 0) since video was last received. It never gives up: networks
 * and encoders come back, and nobody should have to reload the page.
 */
export function remedyOf(trouble: Trouble, attempt: number): Remedy {
  const backoff = Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS);
  switch (trouble) {
    case 'missing':
      return { act: 'restart', afterMs: MISSING_WAIT_MS };
    case 'network':
      // After some attempts the segments that the player knows are no longer on the server.
      return { act: attempt < 3 ? 'load' : 'restart', afterMs: backoff };
    case 'media':
      return attempt < 2 ? { act: 'decode', afterMs: 0 } : { act: 'restart', afterMs: backoff };
    case 'stalled':
      return attempt % 3 === 2 ? { act: 'restart', afterMs: 0 } : { act: 'seek', afterMs: 0 };
    case 'slept':
      return { act: 'restart', afterMs: 0 };
    case 'unknown':
      return { act: 'restart', afterMs: backoff };
  }
}

/** The player's position at one moment. */
export interface Position {
  /** The clock, in milliseconds. */
  readonly at: number;
  /** The position in the video, in seconds. */
  readonly time: number;
  /** Whether the video should advance: neither paused nor ended. */
  readonly isPlaying: boolean;
}

const STALL_MS = 4_000;
const SLEEP_MS = 10_000;

/** Watches positions, which come about once a second, and finds a player that stands still or a computer that slept. */
export function watchdog() {
  let advanced: Position | undefined;
  let last: Position | undefined;
  return (now: Position): 'stalled' | 'slept' | undefined => {
    const before = last;
    last = now;
    if (before !== undefined && now.at - before.at > SLEEP_MS) {
      advanced = now;
      return now.isPlaying ? 'slept' : undefined;
    }
    if (!now.isPlaying || advanced === undefined || now.time !== advanced.time) {
      advanced = now;
      return undefined;
    }
    if (now.at - advanced.at < STALL_MS) return undefined;
    advanced = now;
    return 'stalled';
  };
}
