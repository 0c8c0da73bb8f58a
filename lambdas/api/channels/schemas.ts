import { z } from '@hono/zod-openapi';
import { listSchema } from '../http/lists.ts';

const base = {
  id: z.string().openapi({ example: 'AbCdEf1gHiJk' }),
  username: z.string().openapi({ example: 'ann' }),
  title: z.string().openapi({ example: 'Late night guitar' }),
  categoryId: z.string().nullable().openapi({ example: 'music' }),
  isPartner: z.boolean(),
  playbackUrl: z.string().openapi({
    description: 'The HLS playlist.',
    example: 'https://fcc3ddae59ed.us-west-2.playback.live-video.net/api/video/v1/channel.AbCdEf1gHiJk.m3u8',
  }),
};
const thumbnailUrl = z.url().nullable().openapi({
  description:
    'The newest picture of the stream, taken every so often; null while it is not recorded. It may not be there yet in the first seconds.',
});
const startedAt = z.iso.datetime().openapi({ example: '2026-01-15T20:00:00.000Z' });

/** A channel as the directory shows it. */
export const liveChannelSchema = z
  .object({
    ...base,
    isLive: z.literal(true),
    thumbnailUrl,
    stream: z.object({ id: z.string(), startedAt }).openapi('LiveChannelStream'),
  })
  .openapi('LiveChannel');
export type LiveChannelBody = z.infer<typeof liveChannelSchema>;

export const liveChannelsSchema = listSchema('LiveChannels', liveChannelSchema);

const liveStreamSchema = z
  .object({
    id: z.string(),
    title: z.string().nullable(),
    categoryId: z.string().nullable(),
    startedAt,
    isHealthy: z.boolean().openapi({ description: 'False while IVS says that the encoder starves it.' }),
    hasErrorEvent: z
      .boolean()
      .openapi({ description: 'True once a limit was breached or the stream failed.' }),
    thumbnailUrl,
  })
  .openapi('LiveStream');

const linkSchema = z.object({ arn: z.string() }).openapi('IvsResource');
const link = z.union([linkSchema, z.null()]);

/** A channel's public page. */
export const channelSchema = z
  .object({
    ...base,
    isLive: z.boolean().openapi({ description: 'Whether it can be watched now.' }),
    followerCount: z.int().min(0),
    stream: z
      .union([liveStreamSchema, z.null()])
      .openapi({ description: 'The stream that can be watched now, or null when `isLive` is false.' }),
    chatRoom: link,
    stage: link,
    createdAt: z.iso.datetime(),
  })
  .openapi('Channel');
export type ChannelBody = z.infer<typeof channelSchema>;
