import {
  CreateChannelCommand,
  DeleteChannelCommand,
  type IvsClient,
  ListChannelsCommand,
  PutMetadataCommand,
  StopStreamCommand,
  UpdateChannelCommand,
} from '@aws-sdk/client-ivs';
import { attempt } from './attempts.ts';
import { doneWhenGone, offlineOr } from './errors.ts';
import { listAll } from './pages.ts';
import type { Attachments, UserResources } from './ports.ts';
import { attached, required } from './required.ts';
import { streamKeyOf } from './streamKeys.ts';
import { readTags, type Tagging, tagsOf } from './tags.ts';

type Channels = Pick<
  UserResources,
  'createChannel' | 'deleteChannel' | 'stopStream' | 'putMetadata' | 'updateChannelType'
>;

export function channels(client: IvsClient, tagging: Tagging, attachments?: Attachments): Channels {
  return {
    createChannel: (owner, budget) =>
      attempt(
        async () => {
          // Each try gets new tags, because the sweeper needs the time of the try that created the channel.
          const tags = tagsOf(tagging, owner);
          const { channel, streamKey } = await client.send(
            new CreateChannelCommand({
              name: owner.name,
              type: 'STANDARD',
              latencyMode: 'LOW',
              recordingConfigurationArn: attached(attachments).recordingConfigurationArn,
              tags,
            }),
          );
          return {
            arn: required(channel?.arn, 'channel.arn'),
            playbackUrl: required(channel?.playbackUrl, 'channel.playbackUrl'),
            ingestEndpoint: required(channel?.ingestEndpoint, 'channel.ingestEndpoint'),
            streamKey: streamKeyOf(streamKey),
          };
        },
        'once',
        budget,
      ),

    deleteChannel: (arn, budget) =>
      doneWhenGone(attempt(() => client.send(new DeleteChannelCommand({ arn })), 'repeatable', budget)),

    stopStream: (channelArn, budget) =>
      attempt(
        () => offlineOr('stopped', client.send(new StopStreamCommand({ channelArn }))),
        'repeatable',
        budget,
      ),

    putMetadata: (channelArn, metadata, budget) =>
      attempt(
        () => offlineOr('sent', client.send(new PutMetadataCommand({ channelArn, metadata }))),
        // A repeated call would send the metadata to viewers twice.
        'once',
        budget,
      ),

    updateChannelType: async (arn, type, budget) => {
      await attempt(() => client.send(new UpdateChannelCommand({ arn, type })), 'repeatable', budget);
    },
  };
}

/** Lists every channel with this stack's tags. */
export function listChannels(client: IvsClient, tagging: Tagging) {
  return listAll(
    async nextToken => {
      const page = await client.send(new ListChannelsCommand({ maxResults: 100, nextToken }));
      return { items: page.channels ?? [], nextToken: page.nextToken };
    },
    summary => readTags(tagging, 'channel', summary),
  );
}
