import { sortedChannels } from './channelOperations.ts';
import { liveSession } from './sessions.ts';
import { sortedStages } from './stageOperations.ts';
import type { IvsState } from './state.ts';

interface Resource {
  readonly arn: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A copy of the resources that exist. */
export interface IvsResources {
  readonly channels: readonly (Resource & {
    readonly type: string;
    readonly isLive: boolean;
    readonly streamKeys: readonly { readonly arn: string; readonly value: string }[];
  })[];
  readonly rooms: readonly Resource[];
  readonly stages: readonly Resource[];
}

export function listResources({ channels, rooms, stages }: IvsState): IvsResources {
  const describe = ({ arn, name, tags }: Resource) => ({ arn, name, tags: { ...tags } });
  return {
    channels: sortedChannels(channels).map(channel => ({
      ...describe(channel),
      type: channel.type,
      isLive: liveSession(channel) !== undefined,
      streamKeys: channel.streamKeys.map(({ arn, value }) => ({ arn, value })),
    })),
    rooms: [...rooms.values()].map(describe),
    stages: sortedStages(stages).map(describe),
  };
}
