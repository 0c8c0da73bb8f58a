import * as z from 'zod';
import type { OperationId } from './routes.ts';
import { rowTimes } from './row.ts';

/** A row of `rateLimits`: what one caller did in one window of time, or how often signing in under one name failed. */
export const rateLimitRow = z.object({
  id: z.string(),
  count: z.number().int(),
  /** When the count ends, or the lock it led to. */
  until: z.string(),
  /** Unix time in seconds. */
  expiresAt: z.number().int(),
  ...rowTimes,
});
export type RateLimitRow = z.infer<typeof rateLimitRow>;

/** So many requests may one caller make in a window. Windows are fixed: the minutes and hours of the clock. */
export interface RateLimit {
  /** Operations with the same name share a count. */
  readonly name: string;
  readonly requests: number;
  readonly windowSeconds: number;
}

const ofOperation = {
  // Each makes three IVS resources. Offices and mobile networks have many people behind one address.
  createUser: { name: 'signUp', requests: 60, windowSeconds: 3600 },
  // Each costs a hash.
  createSession: { name: 'signIn', requests: 30, windowSeconds: 60 },
  refreshSession: { name: 'refresh', requests: 60, windowSeconds: 60 },
  // Only who joins is counted, and joins count as viewers: so many more can one network pretend to be in a minute.
  postMetrics: { name: 'joinStream', requests: 300, windowSeconds: 60 },
  // Each is a call of IVS, which takes 200 a second from everybody together.
  createChatToken: { name: 'chatToken', requests: 60, windowSeconds: 60 },
  // IVS makes 50 participant tokens a second for all stages together.
  createStageToken: { name: 'stageToken', requests: 60, windowSeconds: 60 },
} as const satisfies Partial<Record<OperationId, RateLimit>>;
const limits: ReadonlyMap<string, RateLimit> = new Map(Object.entries(ofOperation));
const ofWrites: RateLimit = { name: 'write', requests: 120, windowSeconds: 60 };

/** How often one caller may do `operation`: what has no limit of its own counts with all other writes. */
export function rateLimitOf(operation: string): RateLimit {
  return limits.get(operation) ?? ofWrites;
}

/** So many failed sign-ins in a row under one name, with less than the time between them, lock the name for that time. */
export const signInLockout = { failures: 5, seconds: 15 * 60 } as const;
