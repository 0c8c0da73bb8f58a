import { type Channel, CreateChannelCommand, type CreateChannelCommandInput } from '@aws-sdk/client-ivs';
import type { TestIvs } from './localIvsEndpoint.ts';

/** A channel of a simulator, and its stream key. */
export interface CreatedChannel extends Channel {
  readonly arn: string;
  readonly key: { readonly arn: string; readonly value: string };
}

/** Makes a channel with the real client, and throws the client's errors. */
export async function createdChannel(
  { client }: TestIvs,
  input: CreateChannelCommandInput,
): Promise<CreatedChannel> {
  const { channel, streamKey } = await client.send(new CreateChannelCommand(input));
  if (channel?.arn === undefined || streamKey?.arn === undefined || streamKey.value === undefined) {
    throw new Error('CreateChannel answered without a channel or a key');
  }
  return { ...channel, arn: channel.arn, key: { arn: streamKey.arn, value: streamKey.value } };
}
