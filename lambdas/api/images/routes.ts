import { imageTypes } from '../../../domain/images/imageFile.ts';
import { imageLimits } from '../../../model/image.ts';
import * as z from '../../../model/zod.ts';
import { none, route } from '../http/route.ts';

const params = z.strictObject({
  kind: z
    .enum(Object.keys(imageLimits) as (keyof typeof imageLimits)[])
    .check(z.meta({ description: 'Which image of your profile.', example: 'avatar' })),
});

export const createImageUploadRoute = route('createImageUpload', {
  params,
  query: none,
  body: z
    .strictObject({
      contentType: z
        .enum(Object.keys(imageTypes) as (keyof typeof imageTypes)[], 'must be a supported image type')
        .check(z.meta({ description: 'The content type of the file.', example: 'image/png' })),
    })
    .check(z.meta({ id: 'NewImageUpload' })),
  auth: 'user',
});

export const confirmImageRoute = route('confirmImage', {
  params,
  query: none,
  body: z
    .strictObject({
      uploadId: z
        .string()
        .check(
          z.regex(/^[0-9a-f]{32}$/, 'must be the uploadId of an upload'),
          z.meta({ example: '3c0f8fad5bd9cb469fa165708672895e' }),
        ),
    })
    .check(z.meta({ id: 'ImageConfirmation' })),
  auth: 'user',
});

export const deleteImageRoute = route('deleteImage', { params, query: none, auth: 'user' });
