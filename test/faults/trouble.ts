import type { Schedule } from './schedule.ts';

/**
 * The faults of a request to AWS:
 * - `throttled`: the service refuses the request, and nothing happens
 * - `conflict`: DynamoDB refuses a transaction because another one holds one of its items
 * - `unprocessed`: DynamoDB writes only a part of a batch
 * - `lostRequest`: the request never arrives, and times out
 * - `lostAnswer`: the request is carried out, and the answer times out
 * - `killedBefore`, `killedAfter`: the process ends before the request is sent, or before the answer arrives
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

/** The probability of each fault per request, 0 to 1. */
export type FaultChances = Readonly<Record<FaultKind, number>>;

/** Counts so far: events and API requests handled, requests to AWS, and faults of each kind. */
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
  /** Returns numbers in [0, 1). */
  readonly random: () => number;
  readonly met: Met;
  /** The order of the requests of concurrent workers. Without it, they run freely. */
  readonly schedule?: Schedule;
  /** Checks the tables after each write. */
  readonly onWritten?: () => Promise<void>;
  /** Whether a violation was found, so that the rest can be abandoned. */
  readonly isOver?: () => boolean;
}

/** The process was killed before it answered. */
export class KilledError extends Error {
  override readonly name = 'KilledError';
}

/** Without faults, for requests that must succeed. */
export const noFaults: FaultChances = {
  throttled: 0,
  conflict: 0,
  unprocessed: 0,
  lostRequest: 0,
  lostAnswer: 0,
  killedBefore: 0,
  killedAfter: 0,
};

/** Draws whether the fault `kind` happens now, and counts it. */
export function drawFault({ chances, random, met }: Trouble, kind: FaultKind): boolean {
  const hit = random() < chances[kind];
  if (hit) met[kind]++;
  return hit;
}
