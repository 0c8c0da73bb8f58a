import { z } from 'zod';

/** A resource's tags as they are kept. */
export const tagRecord = z.record(z.string(), z.string()).default({});

const MAX_TAGS = 50;

/** The tags of a request: up to 50, keys of 1 to 128 characters, values of up to 256. */
export const tags = tagsOf(/^.*$/s);

/** IVS allows fewer characters in the tags of its own resources than IVS Chat and Real-Time do in theirs. */
export const lowLatencyTags = tagsOf(/^[\p{L}\p{N}\p{Z}_.:/=+\-@]*$/u);

function tagsOf(characters: RegExp) {
  return z
    .record(z.string().min(1).max(128).regex(characters), z.string().max(256).regex(characters))
    .refine(given => Object.keys(given).length <= MAX_TAGS, `must be ${MAX_TAGS} at most`);
}
