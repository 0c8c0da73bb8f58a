import { z } from 'zod';
import { parseIvsArn } from '../../model/arn.ts';
import { IvsError } from './errors.ts';
import { channelArn, type IvsContext, type IvsOperation, operation } from './operation.ts';
import { cutPage, pageRequest } from './pages.ts';
import type { SimulatedChannel } from './state.ts';

const name = z
  .string()
  .max(128)
  .regex(/^[a-zA-Z0-9-_]*$/);

/** Operations on channels, by their names in the API. */
export const channelOperations: Readonly<Record<string, IvsOperation>> = {
  GetChannel: operation(z.object({ arn: channelArn }), (context, { arn }) => ({
    channel: describeChannel(findChannel(context, arn)),
  })),

  BatchGetChannel: operation(
    z.object({ arns: z.array(channelArn).min(1).max(50) }),
    ({ state }, { arns }) => {
      const found = arns.flatMap(arn => state.channels.get(arn) ?? []);
      const missing = arns.filter(arn => !state.channels.has(arn));
      return {
        channels: found.map(describeChannel),
        errors: missing.map(arn => ({
          arn,
          code: 'ResourceNotFoundException',
          message: `Channel ${arn} does not exist`,
        })),
      };
    },
  ),

  ListChannels: operation(z.object({ filterByName: name.optional(), ...pageRequest }), ({ state }, input) => {
    const { filterByName } = input;
    const channels = sortedChannels(state.channels).filter(
      channel => filterByName === undefined || channel.name === filterByName,
    );
    const { items, nextToken } = cutPage(channels, channel => channel.arn, input);
    return { channels: items.map(summarise), nextToken };
  }),
};

/** @throws IvsError ResourceNotFoundException */
export function findChannel({ state }: IvsContext, arn: string): SimulatedChannel {
  const channel = state.channels.get(arn);
  if (channel === undefined) {
    throw new IvsError('ResourceNotFoundException', `Channel ${arn} does not exist`);
  }
  return channel;
}

/** Channels in the order of their ARNs, which pages are cut from. */
export function sortedChannels(channels: ReadonlyMap<string, SimulatedChannel>): SimulatedChannel[] {
  return [...channels.values()].sort((a, b) => (a.arn < b.arn ? -1 : 1));
}

/** Where a channel's viewers find it: shaped as IVS's playback URLs, and answered by nobody. */
export function playbackUrl(arn: string): string {
  const { region, account, id } = parts(arn);
  return `https://${account}.${region}.playback.live-video.net/api/video/v1/${region}.${account}.channel.${id}.m3u8`;
}

/** A channel as GetChannel tells of it. */
export function describeChannel(channel: SimulatedChannel) {
  const { account, id } = parts(channel.arn);
  return {
    ...summarise(channel),
    ingestEndpoint: `${account}${id.toLowerCase()}.global-contribute.live-video.net`,
    playbackUrl: playbackUrl(channel.arn),
  };
}

/** The members that a list has too. */
function summarise({ arn, name }: SimulatedChannel) {
  return {
    arn,
    name,
    latencyMode: 'LOW',
    type: 'STANDARD',
    authorized: false,
    insecureIngest: false,
    recordingConfigurationArn: '',
    preset: '',
    playbackRestrictionPolicyArn: '',
    tags: {},
  };
}

function parts(arn: string) {
  const { region = '', account = '', id = '' } = parseIvsArn(arn, 'channel') ?? {};
  return { region, account, id };
}
