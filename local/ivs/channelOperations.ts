import { z } from 'zod';
import { parseIvsArn } from '../../model/arn.ts';
import { ingestHost, playbackHost, srtHost } from '../../model/ivsHosts.ts';
import type { SimulatedChannel } from './channelState.ts';
import { IvsError } from './errors.ts';
import { channelArn, type IvsContext, type IvsOperations, operation, resourceName } from './operation.ts';
import { cutPage, pageRequest } from './pages.ts';

const filters = {
  filterByName: resourceName.optional(),
  filterByRecordingConfigurationArn: z.string().max(128).optional(),
  filterByPlaybackRestrictionPolicyArn: z.string().max(128).optional(),
};

/** Operations that read channels. */
export const channelOperations: IvsOperations = {
  GetChannel: operation(z.object({ arn: channelArn }), (context, { arn }) => ({
    channel: describeChannel(context, findChannel(context, arn)),
  })),

  BatchGetChannel: operation(z.object({ arns: z.array(channelArn).min(1).max(50) }), (context, { arns }) => {
    const { state } = context;
    const exists = (arn: string) => state.channels.get(arn)?.isDeleted === false;
    const found = arns.filter(exists).flatMap(arn => state.channels.get(arn) ?? []);
    const missing = arns.filter(arn => !exists(arn));
    return {
      channels: found.map(channel => describeChannel(context, channel)),
      errors: missing.map(arn => ({
        arn,
        code: 'ResourceNotFoundException',
        message: `Channel ${arn} does not exist`,
      })),
    };
  }),

  ListChannels: operation(
    z
      .object({ ...filters, ...pageRequest })
      .refine(input => Object.keys(filters).filter(name => name in input).length <= 1, {
        message: 'only one filter may be given',
      }),
    ({ state }, input) => {
      const isWanted = (given: string | undefined, value: string) => given === undefined || given === value;
      const channels = sortedChannels(state.channels).filter(
        channel =>
          isWanted(input.filterByName, channel.name) &&
          isWanted(input.filterByRecordingConfigurationArn, channel.recordingConfigurationArn) &&
          isWanted(input.filterByPlaybackRestrictionPolicyArn, channel.playbackRestrictionPolicyArn),
      );
      const { items, nextToken } = cutPage(channels, channel => channel.arn, input);
      return { channels: items.map(summarize), nextToken };
    },
  ),
};

/** @throws IvsError ResourceNotFoundException, also for a deleted channel */
export function findChannel(context: Pick<IvsContext, 'state'>, arn: string): SimulatedChannel {
  const channel = findIncludingDeleted(context, arn);
  if (channel.isDeleted) throw new IvsError('ResourceNotFoundException', `Channel ${arn} does not exist`);
  return channel;
}

/**
 * Finds a channel, even a deleted one, because its sessions still exist.
 * @throws IvsError ResourceNotFoundException
 */
export function findIncludingDeleted({ state }: Pick<IvsContext, 'state'>, arn: string): SimulatedChannel {
  const channel = state.channels.get(arn);
  if (channel === undefined) {
    throw new IvsError('ResourceNotFoundException', `Channel ${arn} does not exist`);
  }
  return channel;
}

/** Returns the channels that are not deleted, sorted by ARN for paging. */
export function sortedChannels(channels: ReadonlyMap<string, SimulatedChannel>): SimulatedChannel[] {
  return [...channels.values()]
    .filter(channel => !channel.isDeleted)
    .sort((a, b) => (a.arn < b.arn ? -1 : 1));
}

/** Returns a URL in the format of IVS's playback URLs. No server answers it. */
export function unansweredPlaybackUrl(arn: string): string {
  const { region, account, id } = parts(arn);
  return `https://${playbackHost(account, region)}/api/video/v1/${region}.${account}.channel.${id}.m3u8`;
}

/** Returns a channel in the format of GetChannel. */
export function describeChannel({ playbackUrl }: Pick<IvsContext, 'playbackUrl'>, channel: SimulatedChannel) {
  const { account, id } = parts(channel.arn);
  const host = `${account}${id.toLowerCase()}`;
  return {
    ...summarize(channel),
    ingestEndpoint: ingestHost(host),
    playbackUrl: playbackUrl(channel.arn),
    srt: { endpoint: srtHost(host), passphrase: channel.passphrase },
    multitrackInputConfiguration: channel.multitrackInputConfiguration,
    containerFormat: channel.containerFormat,
  };
}

/** Returns the members that lists contain. */
function summarize(channel: SimulatedChannel) {
  return {
    arn: channel.arn,
    name: channel.name,
    latencyMode: channel.latencyMode,
    type: channel.type,
    authorized: channel.authorized,
    insecureIngest: channel.insecureIngest,
    recordingConfigurationArn: channel.recordingConfigurationArn,
    preset: channel.preset,
    playbackRestrictionPolicyArn: channel.playbackRestrictionPolicyArn,
    tags: channel.tags,
  };
}

function parts(arn: string) {
  const { region = '', account = '', id = '' } = parseIvsArn(arn, 'channel') ?? {};
  return { region, account, id };
}
