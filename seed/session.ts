import { addMs, earliest, startOfMinute, type Timestamp } from '../model/time.ts';
import type { Random } from './random.ts';
import { type SeedStream, SHORTEST_SESSION_MS } from './seedFile.ts';

/** One broadcast. All its events and rows are derived from it. */
export interface Session {
  readonly startedAt: Timestamp;
  /** Absent while the session is live. */
  readonly endedAt?: Timestamp;
  /** The end of the session, or the current time while it is live. */
  readonly shownUntil: Timestamp;
  readonly isHealthy: boolean;
  readonly hasErrorEvent: boolean;
  readonly isRecorded: boolean;
  /** Whether the connection was lost briefly. */
  readonly hadHiccup: boolean;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * Returns a session with the fields of the seed file; missing fields are generated. Its last events are some
 * seconds after `endedAt`.
 *
 * A generated start is at the start of a minute. So the set has the same number of rows per minute whenever
 * it is seeded.
 */
export function sessionOf(
  stated: SeedStream | undefined,
  isLive: boolean,
  now: Timestamp,
  random: Random,
): Session {
  // All values are generated even if the file has some, so that a field in the file does not change the rest.
  const draws = {
    liveForMs: random.number.int({ min: 5, max: 180 }) * MINUTE_MS,
    endedForMs: between(random, 20 * MINUTE_MS, 4 * HOUR_MS),
    endedAgoMs: between(random, 30 * MINUTE_MS, 14 * DAY_MS),
    isHealthy: random.datatype.boolean(0.92),
    hasErrorEvent: random.datatype.boolean(0.08),
    hadHiccup: random.datatype.boolean(0.3),
  };
  const times = isLive ? liveTimes(stated, draws.liveForMs, now) : pastTimes(stated, draws, now);
  return {
    ...times,
    shownUntil: times.endedAt ?? now,
    isHealthy: stated?.isHealthy ?? draws.isHealthy,
    hasErrorEvent: stated?.hasErrorEvent ?? draws.hasErrorEvent,
    isRecorded: stated?.isRecorded ?? true,
    hadHiccup: draws.hadHiccup,
  };
}

type Times = Pick<Session, 'startedAt' | 'endedAt'>;

function liveTimes(stated: SeedStream | undefined, liveForMs: number, now: Timestamp): Times {
  const shortestMs = Math.ceil(shortest(stated) / MINUTE_MS) * MINUTE_MS;
  return { startedAt: stated?.startedAt ?? addMs(startOfMinute(now), -Math.max(liveForMs, shortestMs)) };
}

function pastTimes(
  stated: SeedStream | undefined,
  draws: { endedForMs: number; endedAgoMs: number },
  now: Timestamp,
): Required<Times> {
  const length = Math.max(draws.endedForMs, shortest(stated));
  if (stated?.startedAt !== undefined) {
    const latest = addMs(now, -SHORTEST_SESSION_MS);
    const end = addMs(stated.startedAt, length);
    return { startedAt: stated.startedAt, endedAt: stated.endedAt ?? earliest(end, latest) };
  }
  if (stated?.endedAt !== undefined)
    return { startedAt: addMs(stated.endedAt, -length), endedAt: stated.endedAt };
  const startedAt = startOfMinute(addMs(now, -draws.endedAgoMs - length));
  return { startedAt, endedAt: addMs(startedAt, length) };
}

/** Returns the minimum length of a session, which includes its last chat message. */
function shortest(stated: SeedStream | undefined): number {
  return Math.max(SHORTEST_SESSION_MS, ...(stated?.chat ?? []).map(line => line.atSeconds * 1000 + 1000));
}

// IVS reports times in whole seconds.
function between(random: Random, minMs: number, maxMs: number): number {
  return random.number.int({ min: minMs / 1000, max: maxMs / 1000 }) * 1000;
}

export function lengthMs({ startedAt, shownUntil }: Session): number {
  return Date.parse(shownUntil) - Date.parse(startedAt);
}
