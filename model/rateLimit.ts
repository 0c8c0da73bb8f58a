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

/** The row of `rateLimits` from which writers of one channel or stage take turns after a conflict. */
export const turnRow = z.object({
  id: z.string(),
  /** When the turns end that are taken, in milliseconds since the epoch. */
  nextTurnAt: z.number().int(),
  expiresAt: z.number().int(),
  ...rowTimes,
});

/** From how wide a part of the internet requests are counted together. */
export interface Networks {
  /** An IPv4 address, or the /64 of an IPv6 one, which is one subscriber's. */
  readonly address: string;
  /** The /24 of an IPv4 address, or the /56 of an IPv6 one. */
  readonly subnet: string;
  /** The /48 of an IPv6 address, which is the most that one customer gets (RFC 6177). */
  readonly site?: string;
}

const must = (be: string) => ({
  error: ({ input }: { readonly input?: unknown }) =>
    `must be ${be}, and is ${JSON.stringify(input) ?? 'missing'}`,
});
const wholeNumber = must('a whole number from 1 to 1000000');
const count = z.int(wholeNumber).min(1, wholeNumber).max(1_000_000, wholeNumber);

/** How many requests are taken from guests in one window: from each network, by width, and by the whole stack. */
const guestLimits = z
  .strictObject(
    { address: count, subnet: count, site: count, stack: count },
    must('the numbers address, subnet, site and stack'),
  )
  // The last one strictly: no single network can use up what all share.
  .refine(
    ({ address, subnet, site, stack }) => address <= subnet && subnet <= site && site < stack,
    'must grow with the width: address <= subnet <= site < stack',
  );

/** The limits that a stage can set. */
export const limitSettings = z.strictObject({
  /** Each sign-up makes a channel, a chat room and a stage at IVS, of which an account may have so many. */
  signUpsPerHour: guestLimits,
  /** IVS makes 200 chat tokens a second for an account: what guests do not use is left for users. */
  guestChatTokensPerMinute: guestLimits,
  /** IVS makes 50 participant tokens a second for an account. */
  guestStageTokensPerMinute: guestLimits,
  /** How many viewers of one stream are counted from one IPv4 address or IPv6 /48. */
  viewersPerNetwork: count,
});
export type LimitSettings = Readonly<z.infer<typeof limitSettings>>;

/** The limits of local mode, of tests and of a stage that is not told others. */
export const defaultLimits: LimitSettings = {
  // Offices and mobile networks have many people behind one address.
  signUpsPerHour: { address: 60, subnet: 120, site: 240, stack: 1_000 },
  guestChatTokensPerMinute: { address: 60, subnet: 240, site: 480, stack: 6_000 },
  guestStageTokensPerMinute: { address: 60, subnet: 240, site: 480, stack: 1_500 },
  viewersPerNetwork: 500,
};

/** A limit on one kind of request. Windows are fixed: the minutes and hours of the clock. */
export interface RateLimit {
  /** Operations with the same name share a count. */
  readonly name: string;
  readonly windowSeconds: number;
  /** How many requests one user may make, or one address where the caller is a guest. */
  readonly requests: number;
  /** How many all guests together may make, from wider networks and on the whole stack. */
  readonly guests?: LimitSettings['signUpsPerHour'];
}

// A recording's chat is read a page at a time while it plays, and offices have many people behind one address.
const ofExpensiveReads: RateLimit = { name: 'expensiveRead', requests: 300, windowSeconds: 60 };

const limits = {
  createUser: ({ signUpsPerHour }) => ({
    name: 'signUp',
    requests: signUpsPerHour.address,
    windowSeconds: 3600,
    guests: signUpsPerHour,
  }),
  // Each costs a hash.
  createSession: () => ({ name: 'signIn', requests: 30, windowSeconds: 60 }),
  refreshSession: () => ({ name: 'refresh', requests: 60, windowSeconds: 60 }),
  // Only joins are counted, not samples.
  postMetrics: () => ({ name: 'joinStream', requests: 300, windowSeconds: 60 }),
  createChatToken: ({ guestChatTokensPerMinute }) => ({
    name: 'chatToken',
    requests: 60,
    windowSeconds: 60,
    guests: guestChatTokensPerMinute,
  }),
  createStageToken: ({ guestStageTokensPerMinute }) => ({
    name: 'stageToken',
    requests: 60,
    windowSeconds: 60,
    guests: guestStageTokensPerMinute,
  }),
  // Each reads up to two pages of a table for every page of its list, or a stream minute by minute.
  listChatMessages: () => ofExpensiveReads,
  listStreamEvents: () => ofExpensiveReads,
  getAnalytics: () => ofExpensiveReads,
} as const satisfies Partial<Record<OperationId, (settings: LimitSettings) => RateLimit>>;
const ofOperation: ReadonlyMap<string, (settings: LimitSettings) => RateLimit> = new Map(
  Object.entries(limits),
);
const ofWrites: RateLimit = { name: 'write', requests: 120, windowSeconds: 60 };

/** How often `operation` may be done: what has no limit of its own counts with all other writes. */
export function rateLimitOf(operation: string, settings: LimitSettings = defaultLimits): RateLimit {
  return ofOperation.get(operation)?.(settings) ?? ofWrites;
}

/**
 * Wrong passwords for one account. Guesses are counted apart for each sign-in and each device that is known to the account,
 * and for all others together; of those, the ones in a row are counted for each network. `perDay` is the most that NIST SP
 * 800-63B allows in section 5.2.2.
 */
export const guessLimits = { inARow: 5, lockSeconds: 15 * 60, perDay: 100 } as const;
