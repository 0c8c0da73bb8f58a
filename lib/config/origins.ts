import { z } from 'zod';
import { shown } from './source.ts';

const isOrigin = (text: string) => URL.canParse(text) && new URL(text).origin === text;

const mustBe = (be: string) => ({
  error: ({ input }: { readonly input?: unknown }) => `must be ${be} (got ${shown(input)})`,
});

const origin = mustBe('an origin such as "https://example.com"');
const origins = mustBe('"*" or a list of origins such as "https://example.com"');

/** The origins whose pages may call the API from a browser. */
export const allowedOrigins = z.union(
  [z.literal('*'), z.array(z.string().refine(isOrigin, origin)).min(1, origins)],
  origins,
);
export type AllowedOrigins = z.infer<typeof allowedOrigins>;
