import { z } from 'zod';
import { findChannel, playbackUrl, sortedChannels } from './channelOperations.ts';
import { IvsError } from './errors.ts';
import { learn } from './learn.ts';
import { channelArn, type IvsOperation, operation } from './operation.ts';
import { cutPage, pageRequest } from './pages.ts';
import { liveSession } from './sessions.ts';
import type { SimulatedChannel } from './state.ts';
import { endEvents } from './stopEvents.ts';

const health = z.enum(['HEALTHY', 'STARVING', 'UNKNOWN']);

/** Operations on live streams, by their names in the API. */
export const streamOperations: Readonly<Record<string, IvsOperation>> = {
  GetStream: operation(z.object({ channelArn }), (context, input) => {
    const channel = findChannel(context, input.channelArn);
    return { stream: { ...summarise(channel, requireLive(channel)), playbackUrl: playbackUrl(channel.arn) } };
  }),

  ListStreams: operation(
    z.object({ filterBy: z.object({ health: health.optional() }).optional(), ...pageRequest }),
    ({ state }, input) => {
      const wanted = input.filterBy?.health;
      const streams = sortedChannels(state.channels).flatMap(channel => {
        const session = liveSession(channel);
        return session === undefined ? [] : [summarise(channel, session)];
      });
      const matching = streams.filter(stream => wanted === undefined || stream.health === wanted);
      const { items, nextToken } = cutPage(matching, stream => stream.channelArn, input);
      return { streams: items, nextToken };
    },
  ),

  /** Cuts the broadcaster off. IVS then tells of the end as of any other. */
  StopStream: operation(z.object({ channelArn }), (context, input) => {
    const channel = findChannel(context, input.channelArn);
    const { streamId } = requireLive(channel);
    for (const envelope of endEvents(channel, streamId, context.now())) {
      learn(context.state, envelope);
      context.emit(envelope);
    }
    return {};
  }),
};

type LiveSession = NonNullable<ReturnType<typeof liveSession>>;

function requireLive(channel: SimulatedChannel): LiveSession {
  const session = liveSession(channel);
  if (session === undefined) {
    throw new IvsError('ChannelNotBroadcasting', `Channel ${channel.arn} is not broadcasting`);
  }
  return session;
}

function summarise(channel: SimulatedChannel, { streamId, live }: LiveSession) {
  return {
    channelArn: channel.arn,
    streamId,
    state: 'LIVE',
    health: live.health,
    // Nobody watches a simulated stream.
    viewerCount: 0,
    startTime: live.startTime,
  };
}
