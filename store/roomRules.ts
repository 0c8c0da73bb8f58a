import type { ReviewFallback } from '../model/functionEnvironment.ts';
import { tableVariable } from '../model/tableVariable.ts';
import type { Timestamp } from '../model/time.ts';
import { requiredVariable } from '../model/variables.ts';
import { type Environment, signedRequests, textOf, textsOf } from './signedRequests.ts';

/** A user who is banned from a room's channel. */
export interface BannedUser {
  readonly userId: string;
  /** When the ban ends. A ban without `until` is permanent. */
  readonly until?: Timestamp;
}

/** The rules for reviewing a room's messages. */
export interface RoomRules {
  readonly blockedTerms: readonly string[];
  /** The channel's newest bans, including ended ones. */
  readonly bans: readonly BannedUser[];
}

/**
 * Reads the rules of a room within a time limit. Never rejects.
 *
 * @returns undefined when the rules could not be read.
 */
export type RoomRulesReader = (chatRoomId: string) => Promise<RoomRules | undefined>;

export interface RoomRulesOptions {
  /** What happens to a message when there are no rules. Sets the defaults of `waitMs` and `maxAgeMs`. */
  readonly fallback?: ReviewFallback;
  /** How long a message waits for its room's rules, in milliseconds. */
  readonly waitMs?: number;
  /** How long cached rules are used without reading them again. */
  readonly freshMs?: number;
  /** How long cached rules are used while newer rules cannot be read. */
  readonly maxAgeMs?: number;
  /** How long to wait after a failed read before the next one. */
  readonly pauseMs?: number;
  /** The timeout of a read. It continues after the message stopped waiting. */
  readonly requestMs?: number;
  /** The number of rooms in the cache: a few kilobytes each, in a function with some hundred megabytes. */
  readonly maxRooms?: number;
  /** A monotonic clock, in milliseconds. */
  readonly now?: () => number;
  /** Called with the error when rules could not be read. */
  readonly onFailure?: (error: unknown) => void;
}

/**
 * The number of bans that a review reads, newest first. They stop users who had a token or a connection when
 * the ban was made. A connection lasts one hour and banned users get no new token, so this suffices for 200
 * bans per hour.
 */
export const MAX_BANS = 200;

interface CachedRules {
  rules: RoomRules | undefined;
  readAt: number;
  channelId: string | undefined;
  /** When the rules must be read again. */
  staleAt: number;
  /** The read in progress. */
  reading: Promise<void> | undefined;
  isSlow: boolean;
}

/**
 * Returns a reader that caches rules in memory. A read costs two requests: the room's row and its channel's
 * newest bans.
 *
 * When the rules do not arrive within `waitMs` or cannot be read, the reader returns the cached rules if they
 * are not older than `maxAgeMs`, otherwise undefined. The read continues, and later messages use its result.
 * In Lambda it continues only while a later message is reviewed, because Lambda freezes the function in
 * between.
 *
 * With the fallback `DENY` a message waits longer, because IVS would also refuse a late message, and rules
 * are used for one minute at most: a user who was banned more than a minute ago must not get through while
 * DynamoDB fails.
 *
 * @throws Error that names a missing environment variable.
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
  const rooms = new Map<string, CachedRules>();

  const refresh = async (chatRoomId: string, cached: CachedRules): Promise<void> => {
    const readAt = now();
    try {
      const found = await read(chatRoomId, cached.channelId);
      Object.assign(cached, found, { readAt, staleAt: now() + freshMs });
    } catch (error) {
      cached.staleAt = now() + pauseMs;
      onFailure(error);
    } finally {
      cached.reading = undefined;
      cached.isSlow = false;
    }
  };

  const current = ({ rules, readAt }: CachedRules) => (now() - readAt <= maxAgeMs ? rules : undefined);

  return async chatRoomId => {
    const cached = rooms.get(chatRoomId) ?? unread();
    // Inserted again, so that the first entry of the map is the least recently used room.
    rooms.delete(chatRoomId);
    rooms.set(chatRoomId, cached);
    for (const oldest of rooms.keys()) {
      if (rooms.size <= maxRooms) break;
      rooms.delete(oldest);
    }
    if (now() < cached.staleAt) return current(cached);
    cached.reading ??= refresh(chatRoomId, cached);
    // Only one message waits for a slow read. Each message that arrives meanwhile would wait as long.
    if (!cached.isSlow) cached.isSlow = !(await within(cached.reading, waitMs));
    return current(cached);
  };
}

const unread = (): CachedRules => ({
  rules: undefined,
  readAt: Number.NEGATIVE_INFINITY,
  channelId: undefined,
  staleAt: Number.NEGATIVE_INFINITY,
  reading: undefined,
  isSlow: false,
});

/** Returns whether `work`, which never rejects, finished within `ms` milliseconds. */
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
    // A room never changes its channel, so once the channel is known, both requests run in parallel.
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
