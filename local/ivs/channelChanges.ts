import { z } from 'zod';
import { describeChannel, findChannel, sortedChannels } from './channelOperations.ts';
import { type ChannelSettings, channelSettings, type SimulatedChannel } from './channelState.ts';
import { IvsError } from './errors.ts';
import { newArn, randomId } from './ids.ts';
import { checkLimit } from './limits.ts';
import { channelArn, type IvsOperations, operation, resourceName } from './operation.ts';
import { liveSession } from './sessions.ts';
import { describeKey, newStreamKey } from './streamKeyOperations.ts';
import { lowLatencyTags } from './tags.ts';

/** The ARN of a resource that the simulator does not create, or an empty string, which removes it. */
const optionalArn = (type: string) =>
  z
    .string()
    .max(128)
    .regex(new RegExp(`^$|^arn:aws:ivs:[a-z0-9-]+:[0-9]+:${type}/[a-zA-Z0-9-]+$`));

const { shape } = channelSettings;
const settings = {
  name: resourceName.optional(),
  latencyMode: shape.latencyMode.unwrap().optional(),
  type: shape.type.unwrap().optional(),
  authorized: z.boolean().optional(),
  insecureIngest: z.boolean().optional(),
  preset: shape.preset.unwrap().exclude(['']).optional(),
  recordingConfigurationArn: optionalArn('recording-configuration').optional(),
  playbackRestrictionPolicyArn: optionalArn('playback-restriction-policy').optional(),
  containerFormat: shape.containerFormat.unwrap().optional(),
  multitrackInputConfiguration: shape.multitrackInputConfiguration,
};

/** Operations that create, change and delete channels. */
export const channelChanges: IvsOperations = {
  CreateChannel: operation(
    z.object({ ...settings, tags: lowLatencyTags.default({}) }),
    (context, { tags, ...given }) => {
      const { state, limits } = context;
      checkLimit(sortedChannels(state.channels).length, limits.channels, 'channels');
      const key = newStreamKey(context, {});
      const channel = state.putChannel({
        arn: newArn(context, 'channel'),
        ...checkSettings(channelSettings.parse(given)),
        tags,
        passphrase: randomId(32),
        streamKeys: [key],
        isDeleted: false,
      });
      return { channel: describeChannel(context, channel), streamKey: describeKey(channel, key) };
    },
  ),

  UpdateChannel: operation(z.object({ arn: channelArn, ...settings }), (context, { arn, ...given }) => {
    const channel = findChannel(context, arn);
    requireOffline(channel, 'updated');
    const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    const changed = checkSettings({ ...channelSettings.parse(channel), ...present });
    return { channel: describeChannel(context, context.state.putChannel({ ...channel, ...changed })) };
  }),

  /** Deletes the channel and its stream keys, and keeps its sessions. */
  DeleteChannel: operation(z.object({ arn: channelArn }), (context, { arn }) => {
    const channel = findChannel(context, arn);
    requireOffline(channel, 'deleted');
    context.state.putChannel({ ...channel, isDeleted: true, streamKeys: [] });
    return undefined;
  }),
};

/** Checks settings that depend on each other, and sets the default preset. @throws IvsError */
function checkSettings(wanted: ChannelSettings): ChannelSettings {
  const { containerFormat, multitrackInputConfiguration, preset, type } = wanted;
  if (multitrackInputConfiguration?.enabled === true && containerFormat !== 'FRAGMENTED_MP4') {
    const text = 'containerFormat: must be FRAGMENTED_MP4 with multitrack input';
    throw new IvsError('ValidationException', text);
  }
  // Only the advanced types have presets.
  if (!type.startsWith('ADVANCED')) return { ...wanted, preset: '' };
  return { ...wanted, preset: preset || 'HIGHER_BANDWIDTH_DELIVERY' };
}

function requireOffline(channel: SimulatedChannel, change: string): void {
  if (liveSession(channel) === undefined) return;
  throw new IvsError('ConflictException', `Channel ${channel.arn} is live and cannot be ${change}`);
}
