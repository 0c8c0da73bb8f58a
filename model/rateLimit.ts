import type { OperationId } from './routes.ts';
import { rowTimes } from './row.ts';
import * as z from './zod.ts';

/**
 * A row of `rateLimits`: how often one caller did something in a time window, or how many sign-ins with one
 * name failed.
 */
export const rateLimitRow = z.object({
  id: z.string(),
  count: z.int(),
  /** When the count, or the lock that it caused, ends. */
  until: z.string(),
  /** Unix time in seconds. */
  expiresAt: z.int(),
  ...rowTimes,
});
export type RateLimitRow = z.infer<typeof rateLimitRow>;

/** A row of `rateLimits` that gives turns to the writers of one channel or stage after a conflict. */
export const turnRow = z.object({
  id: z.string(),
  /** When the last assigned turn ends, in milliseconds since the epoch. */
  nextTurnAt: z.int(),
  expiresAt: z.int(),
  ...rowTimes,
});

/** The networks of a caller, by width. Requests are counted for each. */
export interface Networks {
  /** An IPv4 address, or the /64 of an IPv6 address, which belongs to one subscriber. */
  readonly address: string;
  /** The /24 of an IPv4 address, or the /56 of an IPv6 address. */
  readonly subnet: string;
  /** The /48 of an IPv6 address, which is the largest block that one customer gets (RFC 6177). */
  readonly site?: string;
}

const must = (be: string) => ({
  error: ({ input }: { readonly input?: unknown }) =>
    `must be ${be} (got ${JSON.stringify(input) ?? 'nothing'})`,
});
const wholeNumber = must('a whole number from 1 to 1000000');
const count = z.int(wholeNumber).check(z.minimum(1, wholeNumber), z.maximum(1_000_000, wholeNumber));

/** How many requests guests may make in one window: from each network, by width, and on the whole stack. */
const guestLimits = z
  .strictObject(
    { address: count, subnet: count, site: count, stack: count },
    must('the numbers address, subnet, site and stack'),
  )
  .check(
    z.refine(
      ({ address, subnet, site, stack }) => address <= subnet && subnet <= site && site < stack,
      'must not shrink as the network grows: address <= subnet <= site < stack',
    ),
  );

/** The limits that a stage can set. */
export const limitSettings = z.strictObject({
  /**
   * Each sign-up creates a channel, a chat room and a stage at IVS. IVS limits their number for an account.
   */
  signUpsPerHour: guestLimits,
  /** IVS creates 200 chat tokens per second for an account. This limit leaves a share for signed-in users. */
  guestChatTokensPerMinute: guestLimits,
  /** IVS creates 50 participant tokens per second for an account. */
  guestStageTokensPerMinute: guestLimits,
  /**
   * How many viewers of one stream are counted from one IPv4 address or IPv6 /48, and how many plays of one recording
   * in a day.
   */
  viewersPerNetwork: count,
});
export type LimitSettings = Readonly<z.infer<typeof limitSettings>>;

/** The limits of local mode, of tests, and of a stage without limits of its own. */
export const defaultLimits: LimitSettings = {
  // Many users of an office or a mobile network share one address.
  signUpsPerHour: { address: 60, subnet: 120, site: 240, stack: 1_000 },
  guestChatTokensPerMinute: { address: 60, subnet: 240, site: 480, stack: 6_000 },
  guestStageTokensPerMinute: { address: 60, subnet: 240, site: 480, stack: 1_500 },
  viewersPerNetwork: 500,
};

/** A limit on one kind of request. Windows are fixed: clock minutes and clock hours. */
export interface RateLimit {
  /** Operations with the same name share a count. */
  readonly name: string;
  readonly windowSeconds: number;
  /** How many requests one user or, for guests, one address may make in a window. */
  readonly requests: number;
  /** How many requests guests may make together, from wider networks and on the whole stack. */
  readonly guests?: LimitSettings['signUpsPerHour'];
}

// A player reads a recording's chat page by page, and many users of an office share one address.
const expensiveReadLimit: RateLimit = { name: 'expensiveRead', requests: 300, windowSeconds: 60 };

/** How many guests of a network, and of the stack, may request a new password in one hour. Each request can send a mail. */
const passwordResets: LimitSettings['signUpsPerHour'] = { address: 20, subnet: 40, site: 80, stack: 1_000 };

/**
 * How many codes are sent to one address in one hour: for the requests of one network, or of one user, and of all
 * together. So one network cannot keep the owner of an address from getting a code.
 */
export const mailLimits = { windowSeconds: 3600, ofOne: 3, ofAll: 10 } as const;

const limits = {
  createUser: ({ signUpsPerHour }) => ({
    name: 'signUp',
    requests: signUpsPerHour.address,
    windowSeconds: 3600,
    guests: signUpsPerHour,
  }),
  // Each sign-in computes a password hash.
  createSession: () => ({ name: 'signIn', requests: 30, windowSeconds: 60 }),
  refreshSession: () => ({ name: 'refresh', requests: 60, windowSeconds: 60 }),
  // Each sends a mail.
  changeEmail: () => ({ name: 'changeEmail', requests: 5, windowSeconds: 3600 }),
  requestPasswordReset: () => ({
    name: 'passwordReset',
    requests: passwordResets.address,
    windowSeconds: 3600,
    guests: passwordResets,
  }),
  // A right code costs a password hash.
  resetPassword: () => ({ name: 'resetPassword', requests: 30, windowSeconds: 60 }),
  // Each upload stores up to 4 MB for a day.
  createImageUpload: () => ({ name: 'imageUpload', requests: 10, windowSeconds: 60 }),
  // Only joins count, not samples.
  postMetrics: () => ({ name: 'joinStream', requests: 300, windowSeconds: 60 }),
  postPlay: () => ({ name: 'playRecording', requests: 300, windowSeconds: 60 }),
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
  // Each request reads up to two pages of a table for a page of its list, or a stream minute by minute.
  listChatMessages: () => expensiveReadLimit,
  listStreamEvents: () => expensiveReadLimit,
  getAnalytics: () => expensiveReadLimit,
} as const satisfies Partial<Record<OperationId, (settings: LimitSettings) => RateLimit>>;
const limitsByOperation: ReadonlyMap<string, (settings: LimitSettings) => RateLimit> = new Map(
  Object.entries(limits),
);
const writeLimit: RateLimit = { name: 'write', requests: 120, windowSeconds: 60 };

/**
 * Returns the rate limit of `operation`. Operations without a limit of their own share the limit of writes.
 */
export function rateLimitOf(operation: string, settings: LimitSettings = defaultLimits): RateLimit {
  return limitsByOperation.get(operation)?.(settings) ?? writeLimit;
}

/**
 * Limits on wrong passwords for one account. Guesses are counted separately for each sign-in and each device
 * that the account knows, and together for all other callers. Consecutive guesses of the other callers are
 * counted for each network. `perDay` is the maximum that NIST SP 800-63B allows in section 5.2.2.
 */
export const guessLimits = { consecutive: 5, lockSeconds: 15 * 60, perDay: 100 } as const;
