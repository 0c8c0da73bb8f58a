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

/** Operations on the tags of any resource. The services have them under the same names, each for its own. */
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
      const resource = findTagged(context, input.resourceArn);
      resource.tags = tags.parse({ ...resource.tags, ...input.tags });
      return {};
    },
  ),

  UntagResource: operation(
    z.object({ resourceArn, tagKeys: z.array(z.string().min(1).max(128)).max(50) }),
    (context, input) => {
      const resource = findTagged(context, input.resourceArn);
      const kept = Object.entries(resource.tags).filter(([key]) => !input.tagKeys.includes(key));
      resource.tags = Object.fromEntries(kept);
      return {};
    },
  ),
};

function findTagged(context: IvsContext, arn: string): { tags: Record<string, string> } {
  if (arn.includes(':stream-key/')) return findKey(context, arn).key;
  if (arn.includes(':room/')) return findRoom(context, arn);
  return arn.includes(':stage/') ? findStage(context, arn) : findChannel(context, arn);
}
