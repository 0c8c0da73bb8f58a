import type { Schedule } from './schedule.ts';

/**
 * What becomes of a request to AWS:
 * - `throttled`: it is refused, and nothing happens
 * - `conflict`: a transaction is refused, because another holds one of its items
 * - `unprocessed`: of a batch of writes, DynamoDB gets to a part only
 * - `lostRequest`: it never arrives, and times out
 * - `lostAnswer`: it is carried out, and the answer times out
 * - `killedBefore`, `killedAfter`: the process that sent it ends before it was sent, or before the answer is heard
 */
export const faultKinds = [
  'throttled',
  'conflict',
  'unprocessed',
  'lostRequest',
  'lostAnswer',
  'killedBefore',
  'killedAfter',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** How probable each is, 0 to 1, of one request. */
export type FaultChances = Readonly<Record<FaultKind, number>>;

/** What was met so far: events and API requests handled, requests to AWS, and faults of each kind. */
export type Met = Record<FaultKind | 'handled' | 'requests', number>;

export function nothingMet(): Met {
  return {
    handled: 0,
    requests: 0,
    throttled: 0,
    conflict: 0,
    unprocessed: 0,
    lostRequest: 0,
    lostAnswer: 0,
    killedBefore: 0,
    killedAfter: 0,
  };
}

/** The faults of one history. */
export interface Trouble {
  readonly chances: FaultChances;
  /** Gives numbers in [0, 1). */
  readonly random: () => number;
  readonly met: Met;
  /** In which order the requests of workers at work at once are carried out; as it happens, when it is left out. */
  readonly schedule?: Schedule;
  /** Looks at the tables after each write that was carried out. */
  readonly onWritten?: () => Promise<void>;
  /** Whether a violation was found, after which nothing needs to go on. */
  readonly isOver?: () => boolean;
}

/** The process ended before it answered. */
export class KilledError extends Error {
  override readonly name = 'KilledError';
}

/** None at all, for what must succeed. */
export const calm: FaultChances = {
  throttled: 0,
  conflict: 0,
  unprocessed: 0,
  lostRequest: 0,
  lostAnswer: 0,
  killedBefore: 0,
  killedAfter: 0,
};

/** Draws whether `kind` is met now, and counts it if so. */
export function strikes({ chances, random, met }: Trouble, kind: FaultKind): boolean {
  const hit = random() < chances[kind];
  if (hit) met[kind]++;
  return hit;
}
