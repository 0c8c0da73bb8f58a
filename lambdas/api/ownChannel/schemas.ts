import { z } from '@hono/zod-openapi';
import { textBounds } from '../../../model/text.ts';
import { textField } from '../http/describable.ts';
import { categoryId } from '../http/parameters.ts';

const title = textField(textBounds.title).openapi({ example: 'Late night guitar' });

/** What an owner may say of a channel or a stream. */
export const editSchema = z
  .strictObject({
    title: title.optional(),
    categoryId: categoryId.nullable().optional().openapi({
      description: "A category's id; null takes the category away.",
      example: 'music',
    }),
  })
  .openapi('Edit', { description: 'What to change. Members that are left out stay as they are.' });

/** A channel as its owner sees it after an edit. */
export const ownChannelSchema = z
  .object({
    id: z.string().openapi({ example: 'AbCdEf1gHiJk' }),
    username: z.string().openapi({ example: 'ann' }),
    title: z.string().openapi({ example: 'Late night guitar' }),
    categoryId: z.string().nullable().openapi({ example: 'music' }),
    isLive: z.boolean(),
    isPartner: z.boolean(),
    followerCount: z.int().min(0),
    playbackUrl: z.string(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .openapi('OwnChannel');
export type OwnChannelBody = z.infer<typeof ownChannelSchema>;

/** What an encoder is set up with. */
export const ingestSchema = z
  .object({
    endpoint: z.string().openapi({
      description: 'The host to broadcast to.',
      example: 'a1b2c3d4e5f6.global-contribute.live-video.net',
    }),
    url: z.string().openapi({
      description: 'The same as encoders that speak RTMPS want it.',
      example: 'rtmps://a1b2c3d4e5f6.global-contribute.live-video.net:443/app/',
    }),
    streamKey: z.string().openapi({ description: 'Whoever has it can broadcast on the channel.' }),
  })
  .openapi('Ingest');
export type IngestBody = z.infer<typeof ingestSchema>;

const MAX_METADATA_BYTES = 1024;

export const metadataSchema = z
  .strictObject({
    metadata: z
      .string('must be text')
      .min(1, 'must not be empty')
      .refine(
        text => Buffer.byteLength(text) <= MAX_METADATA_BYTES,
        `must have at most ${MAX_METADATA_BYTES} bytes of UTF-8`,
      )
      .openapi({
        description: `What players get at this moment of the stream: at most ${MAX_METADATA_BYTES} bytes of UTF-8.`,
        // No text has fewer bytes than characters.
        maxLength: MAX_METADATA_BYTES,
        example: '{"goal":"Ann"}',
      }),
  })
  .openapi('Metadata');
