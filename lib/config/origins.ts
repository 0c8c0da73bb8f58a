import { z } from 'zod';
import { shown } from './source.ts';

const isOrigin = (text: string) => URL.canParse(text) && new URL(text).origin === text;

const must = (be: string) => ({
  error: ({ input }: { readonly input?: unknown }) => `must be ${be}, and is ${shown(input)}`,
});

const origin = must('an origin as "https://example.com"');
const origins = must('"*" or a list of origins as "https://example.com"');

/** Origins browsers may call the API from. */
export const allowedOrigins = z.union(
  [z.literal('*'), z.array(z.string().refine(isOrigin, origin)).min(1, origins)],
  origins,
);
export type AllowedOrigins = z.infer<typeof allowedOrigins>;
