import type { ReviewFallback } from '../model/functionEnvironment.ts';
import { tableVariable } from '../model/tables.ts';
import type { Timestamp } from '../model/time.ts';
import { requiredVariable } from '../model/variables.ts';
import { type Environment, signedRequests, textOf, textsOf } from './signedRequests.ts';

/** Who is banned from a room's channel. */
export interface BannedUser {
  readonly userId: string;
  /** When it ends by itself; absent, it does not. */
  readonly until?: Timestamp;
}

/** What the review of a room's messages goes by. */
export interface RoomRules {
  readonly blockedTerms: readonly string[];
  /** The channel's newest bans, those that have ended among them. */
  readonly bans: readonly BannedUser[];
}

/**
 * Reads what holds in a room. Never rejects, and takes no longer than its time limit: undefined when the rules could not
 * be read.
 */
export type RoomRulesReader = (chatRoomId: string) => Promise<RoomRules | undefined>;

export interface RoomRulesOptions {
  /** What becomes of a message without rules. It sets the defaults of `waitMs` and `maxAgeMs`. */
  readonly fallback?: ReviewFallback;
  /** How long a message waits for its room's rules. */
  readonly waitMs?: number;
  /** For how long rules are taken as they were read. */
  readonly freshMs?: number;
  /** For how long rules are used while newer ones cannot be read. */
  readonly maxAgeMs?: number;
  /** For how long rules are not read again that could not be read. */
  readonly pauseMs?: number;
  /** When a request is given up that nobody waits for any more. */
  readonly requestMs?: number;
  /** Of how many rooms rules are kept: a few kilobytes each, in a function of some hundred megabytes. */
  readonly maxRooms?: number;
  /** Milliseconds that only grow. */
  readonly now?: () => number;
  /** Told why rules could not be read. */
  readonly onFailure?: (error: unknown) => void;
}

/**
 * Bans that are looked at, newest first. They keep out who had a token, or was connected, when the ban was made, and a
 * connection lasts an hour: whoever was banned before gets no token any more. So this is for 200 bans an hour.
 */
export const MAX_BANS = 200;

interface Kept {
  rules: RoomRules | undefined;
  readAt: number;
  channelId: string | undefined;
  /** When the rules are to be read again. */
  staleAt: number;
  /** The read that is under way, and whether some message has already waited for it in vain. */
  reading: Promise<void> | undefined;
  isSlow: boolean;
}

/**
 * A reader of rules that keeps them for a while, in memory. Reading costs two requests: the room's row and its
 * channel's newest bans.
 *
 * When they do not come within `waitMs`, or cannot be read, the answer is what was read last, if that is not older than
 * `maxAgeMs`, and undefined otherwise. The read goes on: the messages that come next find what it brings. In Lambda it
 * goes on while one of those is reviewed, since nothing runs in between.
 *
 * Where the fallback is `DENY`, a message waits longer, because IVS refuses a late one as well, and rules are used for
 * one minute at most: somebody who was banned longer ago must not get through while DynamoDB fails.
 *
 * @throws Error that names an environment variable that is missing.
 */
export function roomRulesReader(environment: Environment, options: RoomRulesOptions = {}): RoomRulesReader {
  const isStrict = options.fallback === 'DENY';
  const {
    waitMs = isStrict ? 150 : 50,
    freshMs = 30_000,
    maxAgeMs = isStrict ? 60_000 : Number.POSITIVE_INFINITY,
    pauseMs = 5_000,
    requestMs = 2_000,
    maxRooms = 1_000,
    now = () => performance.now(),
    onFailure = () => {},
  } = options;
  const read = rulesFrom(environment, requestMs);
  const rooms = new Map<string, Kept>();

  const refresh = async (chatRoomId: string, kept: Kept): Promise<void> => {
    const readAt = now();
    try {
      const found = await read(chatRoomId, kept.channelId);
      Object.assign(kept, found, { readAt, staleAt: now() + freshMs });
    } catch (error) {
      kept.staleAt = now() + pauseMs;
      onFailure(error);
    } finally {
      kept.reading = undefined;
      kept.isSlow = false;
    }
  };

  const current = ({ rules, readAt }: Kept) => (now() - readAt <= maxAgeMs ? rules : undefined);

  return async chatRoomId => {
    const kept = rooms.get(chatRoomId) ?? unread();
    // Put in again, so that the first of the map is the one that nobody wrote in for longest.
    rooms.delete(chatRoomId);
    rooms.set(chatRoomId, kept);
    for (const oldest of rooms.keys()) {
      if (rooms.size <= maxRooms) break;
      rooms.delete(oldest);
    }
    if (now() < kept.staleAt) return current(kept);
    kept.reading ??= refresh(chatRoomId, kept);
    // One message waits for a slow read; it would take as long for each of those that come meanwhile.
    if (!kept.isSlow) kept.isSlow = !(await within(kept.reading, waitMs));
    return current(kept);
  };
}

const unread = (): Kept => ({
  rules: undefined,
  readAt: Number.NEGATIVE_INFINITY,
  channelId: undefined,
  staleAt: Number.NEGATIVE_INFINITY,
  reading: undefined,
  isSlow: false,
});

/** Whether `work`, which never rejects, was done after `ms`. */
async function within(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<false>(resolve => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([work.then(() => true), limit]);
  } finally {
    clearTimeout(timer);
  }
}

function rulesFrom(environment: Environment, requestMs: number) {
  const chatRooms = requiredVariable(environment, tableVariable('chatRooms'));
  const bans = requiredVariable(environment, tableVariable('bans'));
  const request = signedRequests(environment);

  const readBans = async (channelId: string, signal: AbortSignal): Promise<readonly BannedUser[]> => {
    const { Items = [] } = await request(
      'Query',
      {
        TableName: bans,
        IndexName: 'bannedAtIndex',
        KeyConditionExpression: 'channelId = :channelId',
        ExpressionAttributeValues: { ':channelId': { S: channelId } },
        ExpressionAttributeNames: { '#until': 'until' },
        ProjectionExpression: 'userId, #until',
        ScanIndexForward: false,
        Limit: MAX_BANS,
      },
      signal,
    );
    return Items.flatMap(item => {
      const userId = textOf(item, 'userId');
      const until = textOf(item, 'until');
      return userId === undefined ? [] : [{ userId, ...(until === undefined ? {} : { until }) }];
    });
  };

  return async (chatRoomId: string, known: string | undefined) => {
    const signal = AbortSignal.timeout(requestMs);
    const room = request(
      'GetItem',
      {
        TableName: chatRooms,
        Key: { id: { S: chatRoomId } },
        ProjectionExpression: 'channelId, blockedTerms',
      },
      signal,
    );
    // A room is one channel's for good: known once, both requests are made at the same time.
    const [{ Item }, knownBans] = await Promise.all([
      room,
      known === undefined ? [] : readBans(known, signal),
    ]);
    if (Item === undefined) return { rules: { blockedTerms: [], bans: [] }, channelId: undefined };
    const channelId = textOf(Item, 'channelId');
    const fresh = channelId === undefined || channelId === known ? knownBans : readBans(channelId, signal);
    return { rules: { blockedTerms: textsOf(Item, 'blockedTerms'), bans: await fresh }, channelId };
  };
}
