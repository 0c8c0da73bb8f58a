import { z } from 'zod';
import { IvsError } from './errors.ts';

/** The paging members of a list request: `maxResults` is from 1 to `max`, and `fallback` if not given. */
export function pageOf(max: number, fallback: number) {
  return {
    nextToken: z
      .string()
      .max(1024)
      .regex(/^[a-zA-Z0-9+/=_-]*$/)
      .optional(),
    maxResults: z.number().int().min(1).max(max).default(fallback),
  };
}

/** The paging members of most IVS lists. */
export const pageRequest = pageOf(100, 100);

const token = z.object({ after: z.string(), page: z.number().int().min(2) });

interface PageRequest {
  readonly nextToken?: string | undefined;
  readonly maxResults: number;
}

/**
 * Returns a page of `items`, which are in the `order` of their keys. The token contains the last key of the
 * page, so items that are added or removed between two pages do not hide or repeat others. `isListed` is called only for
 * the items of the page and those between them.
 */
export function cutPage<T>(
  items: readonly T[],
  key: (item: T) => string,
  request: PageRequest,
  order: 'ascending' | 'descending' = 'ascending',
  isListed: (item: T) => boolean = () => true,
): { items: T[]; nextToken?: string } {
  const position = request.nextToken ? readToken(request.nextToken) : undefined;
  const isPast = (item: T, after: string) => (order === 'ascending' ? key(item) > after : key(item) < after);
  const page: T[] = [];
  for (const item of items) {
    if ((position !== undefined && !isPast(item, position.after)) || !isListed(item)) continue;
    const last = page.at(-1);
    if (last !== undefined && page.length === request.maxResults) {
      const next = { after: key(last), page: (position?.page ?? 1) + 1 };
      return { items: page, nextToken: Buffer.from(JSON.stringify(next)).toString('base64url') };
    }
    page.push(item);
  }
  return { items: page };
}

/** Returns the number of the requested page of a list. The first page is 1. */
export function pageNumber(input: unknown): number {
  const request = z.object({ nextToken: z.string() }).safeParse(input);
  if (!request.success || request.data.nextToken === '') return 1;
  return readToken(request.data.nextToken).page;
}

function readToken(text: string): z.infer<typeof token> {
  try {
    return token.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error;
    throw new IvsError('ValidationException', 'nextToken is not a token of this list');
  }
}
