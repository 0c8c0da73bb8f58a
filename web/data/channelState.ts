import type { ChannelState, components } from '../../client/index.ts';

type Channel = components['schemas']['Channel'];

/** What an event told, and when it arrived by the computer's clock, in milliseconds since 1970. */
export interface Told {
  readonly state: ChannelState;
  readonly at: number;
}

/** An answer of the API can be so much older than an event that arrived before it. */
const OLDEST_ANSWER_MS = 10_000;

/**
 * Returns the channel in the state that an event told, except for what only the API knows. A later answer of the API
 * counts more: the events after this one may have been missed.
 *
 * @param readAt when the answer of the API arrived
 */
export function withState(channel: Channel, told: Told | undefined, readAt: number): Channel {
  if (told === undefined || told.state.channelId !== channel.id || readAt > told.at + OLDEST_ANSWER_MS)
    return channel;
  const { isLive, title, categoryId = null, streamId, startedAt, viewers } = told.state;
  const base = { ...channel, isLive, title, categoryId };
  if (!isLive || streamId === undefined || startedAt === undefined)
    return { ...base, isLive: false, stream: null };
  const known = channel.stream?.id === streamId ? channel.stream : undefined;
  const begun = { id: streamId, startedAt, thumbnailUrl: null, isHealthy: true, hasErrorEvent: false };
  const stream = { ...begun, ...known, title, categoryId, viewers: viewers ?? known?.viewers ?? 0 };
  return { ...base, stream };
}
