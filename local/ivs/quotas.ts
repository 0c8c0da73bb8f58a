/** The default quota of an operation per account and Region. Not adjustable. */
const CALLS_PER_SECOND = 5;

/** The operations with higher quotas (service quotas of IVS, IVS Chat and IVS Real-Time). */
const callsPerSecond = new Map([
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

/** The operations that have, in addition, a quota of `CALLS_PER_SECOND` per channel. */
const perChannel = new Set(['PutMetadata']);

/** Returns the quota of an operation in calls per second. */
export function rateOf(operation: string): number {
  return callsPerSecond.get(operation) ?? CALLS_PER_SECOND;
}

/** Returns whether a call is within the quotas of its operation and channel, and counts it if so. */
export type Quota = (operation: string, channelArn?: string) => boolean;

/**
 * A token bucket for each operation, which holds the calls of one second.
 * @param clock returns monotonic time in milliseconds
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
    return take(`${operation} ${channelArn}`, CALLS_PER_SECOND);
  };
}

/** No quota, for tests. */
export const unlimited: Quota = () => true;
