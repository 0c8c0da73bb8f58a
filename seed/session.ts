import { addMs, earliest, type Timestamp } from '../model/time.ts';
import type { Random } from './random.ts';
import { type SeedStream, SHORTEST_SESSION_MS } from './seedFile.ts';

/** What happened in one broadcast: enough to tell its events, and all that follows from them. */
export interface Session {
  readonly startedAt: Timestamp;
  /** Absent while it is live. */
  readonly endedAt?: Timestamp;
  /** Until when there is something to show: its end, else now. */
  readonly shownUntil: Timestamp;
  readonly isHealthy: boolean;
  readonly hasErrorEvent: boolean;
  readonly isRecorded: boolean;
  /** The connection was lost for a moment. */
  readonly hadHiccup: boolean;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** What the seed file says of a session; the rest is made up. Ends of events reach seconds after `endedAt`. */
export function sessionOf(
  stated: SeedStream | undefined,
  isLive: boolean,
  now: Timestamp,
  random: Random,
): Session {
  // Every draw is made, whatever the file says: one field more in it does not change the others.
  const draws = {
    liveForMs: between(random, 5 * MINUTE_MS, 3 * HOUR_MS),
    lengthMs: between(random, 20 * MINUTE_MS, 4 * HOUR_MS),
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
  return { startedAt: stated?.startedAt ?? addMs(now, -Math.max(liveForMs, shortest(stated))) };
}

function pastTimes(
  stated: SeedStream | undefined,
  draws: { lengthMs: number; endedAgoMs: number },
  now: Timestamp,
): Required<Times> {
  const lengthMs = Math.max(draws.lengthMs, shortest(stated));
  if (stated?.startedAt !== undefined) {
    const latest = addMs(now, -SHORTEST_SESSION_MS);
    const end = addMs(stated.startedAt, lengthMs);
    return { startedAt: stated.startedAt, endedAt: stated.endedAt ?? earliest(end, latest) };
  }
  const endedAt = stated?.endedAt ?? addMs(now, -draws.endedAgoMs);
  return { startedAt: addMs(endedAt, -lengthMs), endedAt };
}

/** A session lasts at least until its last chat message. */
function shortest(stated: SeedStream | undefined): number {
  return Math.max(SHORTEST_SESSION_MS, ...(stated?.chat ?? []).map(line => line.atSeconds * 1000 + 1000));
}

// Whole seconds, as IVS gives its times.
function between(random: Random, minMs: number, maxMs: number): number {
  return random.number.int({ min: minMs / 1000, max: maxMs / 1000 }) * 1000;
}
