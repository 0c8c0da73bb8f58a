import { z } from '@hono/zod-openapi';
import { ingestHost } from '../../../model/ivsHosts.ts';
import { textBounds } from '../../../model/text.ts';
import { categoryId } from '../http/parameters.ts';
import { textField } from '../http/withOpenApi.ts';

const title = textField(textBounds.title).openapi({ example: 'Late night guitar' });

/** The request body of `updateChannel` and `updateStream`. */
export const editSchema = z
  .strictObject({
    title: title.optional(),
    categoryId: categoryId.nullable().optional().openapi({
      description: "A category's id. Null removes the category.",
      example: 'music',
    }),
  })
  .openapi('Edit', { description: 'The changes. Omitted fields keep their values.' });

/** The response of `updateChannel`. */
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

/** The settings for an encoder. */
export const ingestSchema = z
  .object({
    endpoint: z.string().openapi({
      description: 'The ingest host.',
      example: ingestHost('a1b2c3d4e5f6'),
    }),
    url: z.string().openapi({
      description: 'The ingest URL for encoders that use RTMPS.',
      example: `rtmps://${ingestHost('a1b2c3d4e5f6')}:443/app/`,
    }),
    streamKey: z.string().openapi({
      description: 'Keep it secret: anyone who has the stream key can broadcast on the channel.',
    }),
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
        description: `The text that players receive, at most ${MAX_METADATA_BYTES} bytes of UTF-8.`,
        // A JSON schema counts characters. A text never has fewer bytes than characters.
        maxLength: MAX_METADATA_BYTES,
        example: '{"goal":"Ann"}',
      }),
  })
  .openapi('Metadata');
