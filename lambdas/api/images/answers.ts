import { z } from '@hono/zod-openapi';
import { imageLimits } from '../../../model/image.ts';
import { operation } from '../http/operation.ts';
import { shownProfileSchema } from '../users/answers.ts';
import { confirmImageRoute, createImageUploadRoute, deleteImageRoute } from './routes.ts';

const megabytes = (bytes: number) => `${bytes / 1024 / 1024} MB`;
const limits = Object.entries(imageLimits)
  .map(
    ([kind, { maxBytes, minPixels, maxPixels }]) =>
      `the ${kind} has at most ${megabytes(maxBytes)} and ${minPixels} to ${maxPixels} pixels on each side`,
  )
  .join(', ');

const uploadSchema = z
  .object({
    uploadId: z.string().openapi({ example: '3c0f8fad5bd9cb469fa165708672895e' }),
    url: z.url().openapi({ example: 'https://images.s3.us-west-2.amazonaws.com' }),
    fields: z.record(z.string(), z.string()).openapi({
      description: 'The fields of the form. Send them all, and after them the file as the field `file`.',
      example: { key: 'uploads/…', 'Content-Type': 'image/png', Policy: '…', 'X-Amz-Signature': '…' },
    }),
    maxBytes: z.int().openapi({ description: 'The size limit of the file.', example: 2_097_152 }),
    expiresAt: z.iso.datetime().openapi({ description: 'The time until which the form can be sent.' }),
  })
  .openapi('ImageUpload');

export const createImageUploadOperation = operation(createImageUploadRoute, {
  summary: 'Start an upload of an image',
  description:
    'Returns a form with which a browser uploads a PNG, JPEG, WebP or GIF file: send a `POST` with ' +
    '`multipart/form-data` to `url`, with the `fields` and the `file`. The storage accepts only the content ' +
    `type and the size that the form allows. Then confirm the upload. Limits: ${limits}.`,
  ok: { status: 201, description: 'The form.', schema: uploadSchema },
  problems: [],
});

export const confirmImageOperation = operation(confirmImageRoute, {
  summary: 'Show an uploaded image',
  description:
    'Checks the uploaded file by its bytes, and shows it in your profile instead of the former image, which ' +
    'is deleted. Metadata of the file, such as the place of a photo, is removed. A file that is no image of a ' +
    'supported format and size is a 422 that says why, and is deleted. A repetition changes nothing.',
  ok: { description: 'The updated profile.', schema: shownProfileSchema },
  problems: ['not-found'],
});

export const deleteImageOperation = operation(deleteImageRoute, {
  summary: 'Delete an image',
  description: 'Removes the image from your profile and deletes it. A repetition changes nothing.',
  ok: { status: 204, description: 'You have no such image.' },
  problems: [],
});
