import { z } from 'zod';
import { findChannel, sortedChannels } from './channelOperations.ts';
import type { SimulatedChannel, SimulatedStreamKey } from './channelState.ts';
import { IvsError } from './errors.ts';
import { newArn, randomId } from './ids.ts';
import { checkLimit, STREAM_KEYS_PER_CHANNEL } from './limits.ts';
import { channelArn, type IvsContext, type IvsOperations, operation, streamKeyArn } from './operation.ts';
import { cutPage, pageOf } from './pages.ts';
import { lowLatencyTags } from './tags.ts';

/** Operations on stream keys. */
export const streamKeyOperations: IvsOperations = {
  CreateStreamKey: operation(
    z.object({ channelArn, tags: lowLatencyTags.default({}) }),
    (context, { channelArn: arn, tags }) => {
      const channel = findChannel(context, arn);
      checkLimit(channel.streamKeys.length, STREAM_KEYS_PER_CHANNEL, 'stream keys of a channel');
      const key = newStreamKey(context, tags);
      context.state.putChannel({ ...channel, streamKeys: [...channel.streamKeys, key] });
      return { streamKey: describeKey(channel, key) };
    },
  ),

  GetStreamKey: operation(z.object({ arn: streamKeyArn }), (context, { arn }) => {
    const { channel, key } = findKey(context, arn);
    return { streamKey: describeKey(channel, key) };
  }),

  /** A stream that was started with the key continues. */
  DeleteStreamKey: operation(z.object({ arn: streamKeyArn }), (context, { arn }) => {
    const { channel, key } = findKey(context, arn);
    const streamKeys = channel.streamKeys.filter(other => other !== key);
    context.state.putChannel({ ...channel, streamKeys });
    return undefined;
  }),

  /** The list does not contain the values. */
  ListStreamKeys: operation(z.object({ channelArn, ...pageOf(50, 1) }), (context, input) => {
    const channel = findChannel(context, input.channelArn);
    const { items, nextToken } = cutPage(channel.streamKeys, key => key.arn, input);
    const streamKeys = items.map(({ arn, tags }) => ({ arn, channelArn: channel.arn, tags }));
    return { streamKeys, nextToken };
  }),
};

export function newStreamKey(context: IvsContext, tags: Record<string, string>): SimulatedStreamKey {
  const value = `sk_${context.region}_${randomId(12)}_${randomId(32)}`;
  return { arn: newArn(context, 'stream-key'), value, tags };
}

export function describeKey({ arn: channel }: SimulatedChannel, { arn, value, tags }: SimulatedStreamKey) {
  return { arn, value, channelArn: channel, tags };
}

/** @throws IvsError ResourceNotFoundException */
export function findKey({ state }: Pick<IvsContext, 'state'>, arn: string) {
  for (const channel of sortedChannels(state.channels)) {
    const key = channel.streamKeys.find(candidate => candidate.arn === arn);
    if (key !== undefined) return { channel, key };
  }
  throw new IvsError('ResourceNotFoundException', `Stream key ${arn} does not exist`);
}
