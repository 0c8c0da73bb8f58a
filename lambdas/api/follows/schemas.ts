import { z } from '@hono/zod-openapi';
import { listSchema } from '../http/lists.ts';

/** A channel that the caller follows, in its current state. */
export const followedChannelSchema = z
  .object({
    followedAt: z.iso.datetime().openapi({ example: '2026-01-15T20:00:00.000Z' }),
    channel: z
      .object({
        id: z.string().openapi({ example: 'AbCdEf1gHiJk' }),
        username: z.string().openapi({ example: 'ann' }),
        title: z.string().openapi({ example: 'Late night guitar' }),
        categoryId: z.string().nullable().openapi({ example: 'music' }),
        isLive: z.boolean().openapi({ description: 'Whether the channel is live.' }),
        isPartner: z.boolean(),
        followerCount: z.int().min(0),
        playbackUrl: z.string(),
        thumbnailUrl: z
          .url()
          .nullable()
          .openapi({
            description:
              'The URL of the newest thumbnail of the live stream. Null when the channel is not live ' +
              'or the ' +
              'stream is not recorded.',
          }),
      })
      .openapi('FollowedChannelState'),
  })
  .openapi('FollowedChannel');
export type FollowedChannelBody = z.infer<typeof followedChannelSchema>;

export const followedChannelsSchema = listSchema('FollowedChannels', followedChannelSchema);
