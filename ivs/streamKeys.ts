import {
  CreateStreamKeyCommand,
  DeleteStreamKeyCommand,
  type IvsClient,
  ListStreamKeysCommand,
  type StreamKey as SdkStreamKey,
} from '@aws-sdk/client-ivs';
import { STACK_TAG } from '../model/functionEnvironment.ts';
import { attempt } from './attempts.ts';
import { doneWhenGone } from './errors.ts';
import type { StreamKey, UserResources } from './ports.ts';
import { required } from './required.ts';
import type { Tagging } from './tags.ts';

/** Reads a stream key from the answer that created it. No other answer contains the key's value. */
export function streamKeyOf(key: SdkStreamKey | undefined): StreamKey {
  return { arn: required(key?.arn, 'streamKey.arn'), value: required(key?.value, 'streamKey.value') };
}

export function streamKeys(
  client: IvsClient,
  { stackName }: Tagging,
): Pick<UserResources, 'createStreamKey' | 'deleteStreamKey' | 'listStreamKeys'> {
  return {
    createStreamKey: (channelArn, budget) =>
      attempt(
        async () => {
          const tags = { [STACK_TAG]: stackName };
          const { streamKey } = await client.send(new CreateStreamKeyCommand({ channelArn, tags }));
          return streamKeyOf(streamKey);
        },
        'once',
        budget,
      ),

    deleteStreamKey: (arn, budget) =>
      doneWhenGone(attempt(() => client.send(new DeleteStreamKeyCommand({ arn })), 'repeatable', budget)),

    // A channel has at most one key, so there is one page.
    listStreamKeys: async (channelArn, budget) => {
      const { streamKeys: keys = [] } = await attempt(
        () => client.send(new ListStreamKeysCommand({ channelArn })),
        'repeatable',
        budget,
      );
      return keys.map(key => required(key.arn, 'the arn of a stream key'));
    },
  };
}
