import { useInfiniteQuery } from '@tanstack/preact-query';

/** A page of a list, as the API returns it. */
interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/**
 * Reads a list page by page, each when it is asked for.
 *
 * @param refreshMs reads the list again so often, while it has one page: another page would move what somebody reads
 */
export function usePages<T>(
  key: readonly unknown[],
  getPage: (cursor: { cursor?: string }) => Promise<Page<T>>,
  refreshMs?: number,
) {
  return useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => getPage(pageParam === undefined ? {} : { cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    refetchInterval: query =>
      refreshMs !== undefined && query.state.data?.pages.length === 1 ? refreshMs : false,
    refetchIntervalInBackground: false,
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
