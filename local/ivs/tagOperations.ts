import { z } from 'zod';
import { findChannel } from './channelOperations.ts';
import {
  channelArn,
  type IvsContext,
  type IvsOperations,
  operation,
  roomArn,
  stageArn,
  streamKeyArn,
} from './operation.ts';
import { findRoom } from './roomOperations.ts';
import { findStage } from './stageOperations.ts';
import { findKey } from './streamKeyOperations.ts';
import { lowLatencyTags, tags } from './tags.ts';

const resourceArn = z.union(
  [channelArn, streamKeyArn, stageArn, roomArn],
  'must be the ARN of a channel, a stream key, a stage or a chat room',
);

/** Operations on the tags of all resources. They have the same names in all services. */
export const tagOperations: IvsOperations = {
  ListTagsForResource: operation(z.object({ resourceArn }), (context, input) => ({
    tags: findTagged(context, input.resourceArn).tags,
  })),

  TagResource: operation(
    z.object({ resourceArn, tags }).refine(
      input => {
        // Chat rooms and stages take any character.
        const isLowLatency = /:(channel|stream-key)\//.test(input.resourceArn);
        return !isLowLatency || lowLatencyTags.safeParse(input.tags).success;
      },
      { path: ['tags'], message: 'must be letters, digits, spaces and _.:/=+-@' },
    ),
    (context, input) => {
      const { tags: before, put } = findTagged(context, input.resourceArn);
      put(tags.parse({ ...before, ...input.tags }));
      return {};
    },
  ),

  UntagResource: operation(
    z.object({ resourceArn, tagKeys: z.array(z.string().min(1).max(128)).max(50) }),
    (context, input) => {
      const { tags: before, put } = findTagged(context, input.resourceArn);
      put(Object.fromEntries(Object.entries(before).filter(([key]) => !input.tagKeys.includes(key))));
      return {};
    },
  ),
};

/** Returns the tags of a resource and a function that replaces them. */
function findTagged(context: IvsContext, arn: string) {
  const { state } = context;
  type Put = (tags: Record<string, string>) => void;
  const tagged = (resource: { readonly tags: Readonly<Record<string, string>> }, put: Put) => ({
    tags: resource.tags,
    put,
  });
  if (arn.includes(':stream-key/')) {
    const { channel, key } = findKey(context, arn);
    return tagged(key, changed => {
      const streamKeys = channel.streamKeys.map(one => (one === key ? { ...key, tags: changed } : one));
      state.putChannel({ ...channel, streamKeys });
    });
  }
  if (arn.includes(':room/')) {
    const room = findRoom(context, arn);
    return tagged(room, changed => state.putRoom({ ...room, tags: changed }));
  }
  if (arn.includes(':stage/')) {
    const stage = findStage(context, arn);
    return tagged(stage, changed => void state.putStage({ ...stage, tags: changed }));
  }
  const channel = findChannel(context, arn);
  return tagged(channel, changed => void state.putChannel({ ...channel, tags: changed }));
}
