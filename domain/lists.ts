import type { Page, PageRequest } from '../store/pages.ts';
import type { CursorCodec, CursorScope } from './cursors.ts';

/** Which part of a list is asked for: at most `limit` items, from the start or from where `cursor` points. */
export interface ListRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Some items of a list, and the cursor of the rest; null at the end. */
export interface List<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/**
 * Reads one page of the list that `scope` names.
 *
 * @throws InvalidCursorError when the request's cursor is not one of this list.
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
