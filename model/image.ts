import * as z from './zod.ts';

/** The images that a user has, and the limits of each: bytes, and pixels of each side. */
export const imageLimits = {
  avatar: { maxBytes: 2 * 1024 * 1024, minPixels: 64, maxPixels: 2048 },
  banner: { maxBytes: 4 * 1024 * 1024, minPixels: 128, maxPixels: 4096 },
} as const;
export type ImageKind = keyof typeof imageLimits;

/** The prefix of uploads in the bucket. They are not public, and expire after a day. */
export const UPLOADS_PREFIX = 'uploads/';

/** The prefix of checked images in the bucket. CloudFront serves them under the same path. */
export const IMAGES_PREFIX = 'images/';

/**
 * An image that may be in the bucket. It is recorded before it is written and until after it is deleted, so that none
 * is forgotten.
 */
export const imageObject = z.object({
  /** The key in the bucket, and the path at the CDN. */
  path: z.string(),
  uploadId: z.string(),
  recordedAt: z.string(),
});
export type ImageObject = z.infer<typeof imageObject>;
