/** Calls a second of one operation in one account and Region; AWS does not raise it on request. */
const CALLS_A_SECOND = 5;

/** Operations that are allowed more (service quotas of IVS, IVS Chat and IVS Real-Time). */
const callsASecond = new Map([
  ['PutMetadata', 155],
  ['CreateChatToken', 200],
  ['SendEvent', 100],
  ['DeleteMessage', 100],
  ['DisconnectUser', 100],
  ['CreateParticipantToken', 50],
  ['TagResource', 10],
  ['UntagResource', 10],
  ['ListTagsForResource', 10],
]);

/** Those that have a quota for each channel as well, of `CALLS_A_SECOND`. */
const perChannel = new Set(['PutMetadata']);

/** How many calls a second of an operation are allowed. */
export function rateOf(operation: string): number {
  return callsASecond.get(operation) ?? CALLS_A_SECOND;
}

/** Decides whether a call of an operation, on a channel if on one, is within its quotas, and counts it if so. */
export type Quota = (operation: string, channelArn?: string) => boolean;

/**
 * A token bucket for each operation: it holds one second's calls and fills at the same rate.
 * `clock` gives milliseconds that never go back.
 */
export function tokenBuckets(clock: () => number): Quota {
  const buckets = new Map<string, { tokens: number; at: number }>();
  const take = (name: string, rate: number) => {
    const now = clock();
    const bucket = buckets.get(name) ?? { tokens: rate, at: now };
    const tokens = Math.min(rate, bucket.tokens + ((now - bucket.at) / 1000) * rate);
    const allowed = tokens >= 1;
    buckets.set(name, { tokens: allowed ? tokens - 1 : tokens, at: now });
    return allowed;
  };
  return (operation, channelArn) => {
    if (!take(operation, rateOf(operation))) return false;
    if (channelArn === undefined || !perChannel.has(operation)) return true;
    return take(`${operation} ${channelArn}`, CALLS_A_SECOND);
  };
}

/** No quota at all, for tests of something else. */
export const unlimited: Quota = () => true;
