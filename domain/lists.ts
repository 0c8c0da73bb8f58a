import type { Page, PageRequest } from '../store/pages.ts';
import type { CursorCodec, CursorScope } from './cursors.ts';

/** The requested part of a list: at most `limit` items, from the start or from `cursor`. */
export interface ListRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Some items of a list, and the cursor of the next page; null at the end. */
export interface List<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/**
 * Reads one page of the list `scope`.
 *
 * @throws InvalidCursorError when the cursor does not belong to this list
 */
export async function readList<T>(
  cursors: CursorCodec,
  scope: CursorScope,
  { limit, cursor }: ListRequest,
  read: (page: PageRequest) => Promise<Page<T>>,
): Promise<List<T>> {
  const after = cursor === undefined ? undefined : await cursors.decode(scope, cursor);
  const { items, next } = await read({ limit, after });
  return { items, nextCursor: next === undefined ? null : await cursors.encode(scope, next) };
}
