import { textBounds } from '../../../model/text.ts';
import * as z from '../../../model/zod.ts';
import { categoryId, streamId, username } from '../http/parameters.ts';
import { none, route } from '../http/route.ts';
import { textField } from '../http/textField.ts';

const title = textField(textBounds.title).check(z.meta({ example: 'Late night guitar' }));

/** The request body of `updateChannel` and `updateStream`. */
const editSchema = z
  .strictObject({
    title: z.optional(title),
    categoryId: z.optional(z.nullable(categoryId)).check(
      z.meta({
        description: "A category's id. Null removes the category.",
        example: 'music',
      }),
    ),
  })
  .check(z.meta({ id: 'Edit', description: 'The changes. Omitted fields keep their values.' }));

const MAX_METADATA_BYTES = 1024;

const metadataSchema = z
  .strictObject({
    metadata: z.string('must be text').check(
      z.minLength(1, 'must not be empty'),
      z.refine(
        text => Buffer.byteLength(text) <= MAX_METADATA_BYTES,
        `must have at most ${MAX_METADATA_BYTES} bytes of UTF-8`,
      ),
      z.meta({
        description: `The text that players receive, at most ${MAX_METADATA_BYTES} bytes of UTF-8.`,
        // A JSON schema counts characters. A text never has fewer bytes than characters.
        maxLength: MAX_METADATA_BYTES,
        example: '{"goal":"Ann"}',
      }),
    ),
  })
  .check(z.meta({ id: 'Metadata' }));

export const updateChannelRoute = route('updateChannel', {
  auth: 'user',
  params: none,
  query: none,
  body: editSchema,
});

export const updateStreamRoute = route('updateStream', {
  auth: 'user',
  params: z.strictObject({ username, streamId }),
  query: none,
  body: editSchema,
});

export const getIngestRoute = route('getIngest', {
  auth: 'user',
  stepUp: 'always',
  params: none,
  query: none,
});

export const replaceStreamKeyRoute = route('replaceStreamKey', {
  auth: 'user',
  stepUp: 'always',
  idempotent: true,
  params: none,
  query: none,
});

export const putMetadataRoute = route('putMetadata', {
  auth: 'user',
  idempotent: true,
  params: none,
  query: none,
  body: metadataSchema,
});

export const stopStreamRoute = route('stopStream', {
  auth: 'user',
  params: none,
  query: none,
});
