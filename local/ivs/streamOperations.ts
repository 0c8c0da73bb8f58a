import { z } from 'zod';
import { findChannel, sortedChannels } from './channelOperations.ts';
import type { SimulatedChannel } from './channelState.ts';
import { IvsError } from './errors.ts';
import { channelArn, type IvsOperations, operation } from './operation.ts';
import { cutPage, pageRequest } from './pages.ts';
import { type LiveSession, liveSession } from './sessions.ts';

const health = z.enum(['HEALTHY', 'STARVING', 'UNKNOWN']);

const MAX_METADATA_BYTES = 1024;
const metadata = z
  .string()
  .min(1)
  .refine(text => Buffer.byteLength(text) <= MAX_METADATA_BYTES, 'must be 1 KB at most');

/** Operations on live streams. */
export const streamOperations: IvsOperations = {
  GetStream: operation(z.object({ channelArn }), (context, input) => {
    const channel = findChannel(context, input.channelArn);
    const stream = summarize(channel, requireLive(channel));
    return { stream: { ...stream, playbackUrl: context.playbackUrl(channel.arn) } };
  }),

  ListStreams: operation(
    z.object({ filterBy: z.object({ health: health.optional() }).optional(), ...pageRequest }),
    ({ state }, input) => {
      const wanted = input.filterBy?.health;
      const isListed = (channel: SimulatedChannel) => {
        const session = liveSession(channel);
        return session !== undefined && (wanted === undefined || session.live.health === wanted);
      };
      const channels = sortedChannels(state.channels);
      const { items, nextToken } = cutPage(channels, ({ arn }) => arn, input, 'ascending', isListed);
      return { streams: items.map(channel => summarize(channel, requireLive(channel))), nextToken };
    },
  ),

  /** Disconnects the encoder. The stream is live until its end events, a little later. */
  StopStream: operation(z.object({ channelArn }), (context, input) => {
    const channel = findChannel(context, input.channelArn);
    context.stopStream(channel.arn, requireLive(channel).streamId);
    return {};
  }),

  PutMetadata: operation(z.object({ channelArn, metadata }), (context, input) => {
    const channel = findChannel(context, input.channelArn);
    requireLive(channel);
    context.deliver(channel.arn, { metadata: input.metadata });
    return undefined;
  }),
};

function requireLive(channel: SimulatedChannel): LiveSession {
  const session = liveSession(channel);
  if (session === undefined) {
    throw new IvsError('ChannelNotBroadcasting', `Channel ${channel.arn} is not broadcasting`);
  }
  return session;
}

function summarize(channel: SimulatedChannel, { streamId, live }: LiveSession) {
  return {
    channelArn: channel.arn,
    streamId,
    state: 'LIVE',
    health: live.health,
    // Simulated streams have no viewers.
    viewerCount: 0,
    startTime: live.startTime,
  };
}
