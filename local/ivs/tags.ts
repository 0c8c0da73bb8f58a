import { z } from 'zod';

/** The tags of a resource. */
export const tagRecord = z.record(z.string(), z.string()).default({});

const MAX_TAGS = 50;

/** The tags in a request: up to 50, with keys of 1 to 128 and values of up to 256 characters. */
export const tags = tagsOf(/^.*$/s);

/** The tags of IVS's own resources: IVS allows fewer characters than IVS Chat and Real-Time. */
export const lowLatencyTags = tagsOf(/^[\p{L}\p{N}\p{Z}_.:/=+\-@]*$/u);

function tagsOf(characters: RegExp) {
  return z
    .record(z.string().min(1).max(128).regex(characters), z.string().max(256).regex(characters))
    .refine(given => Object.keys(given).length <= MAX_TAGS, `must be ${MAX_TAGS} at most`);
}
