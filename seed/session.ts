import { addMs, earliest, startOfMinute, type Timestamp } from '../model/time.ts';
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

/**
 * What the seed file says of a session; the rest is made up. Ends of events reach seconds after `endedAt`.
 *
 * A start that is made up is that of a minute: so what is counted by the minute has the same rows whenever the set is
 * seeded, and seeding it again leaves as many as before.
 */
export function sessionOf(
  stated: SeedStream | undefined,
  isLive: boolean,
  now: Timestamp,
  random: Random,
): Session {
  // Every draw is made, whatever the file says: one field more in it does not change the others.
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

/** A session lasts at least until its last chat message. */
function shortest(stated: SeedStream | undefined): number {
  return Math.max(SHORTEST_SESSION_MS, ...(stated?.chat ?? []).map(line => line.atSeconds * 1000 + 1000));
}

// Whole seconds, as IVS gives its times.
function between(random: Random, minMs: number, maxMs: number): number {
  return random.number.int({ min: minMs / 1000, max: maxMs / 1000 }) * 1000;
}

export function lengthMs({ startedAt, shownUntil }: Session): number {
  return Date.parse(shownUntil) - Date.parse(startedAt);
}
