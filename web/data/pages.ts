import { useInfiniteQuery } from '@tanstack/preact-query';

/** A page of a list, as the API returns it. */
interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** Reads a list page by page, each when it is asked for. */
export function usePages<T>(
  key: readonly unknown[],
  getPage: (cursor: { cursor?: string }) => Promise<Page<T>>,
) {
  return useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => getPage(pageParam === undefined ? {} : { cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
}

/** A query of pages, as `usePages` returns it. */
export interface Pages<T> {
  readonly data?: { readonly pages: readonly Page<T>[] } | undefined;
  readonly isPending: boolean;
  readonly isError: boolean;
  readonly error: unknown;
  readonly refetch: () => unknown;
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly isFetchNextPageError: boolean;
  readonly fetchNextPage: () => unknown;
}
