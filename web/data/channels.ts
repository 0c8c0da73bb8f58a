import { useQuery } from '@tanstack/preact-query';
import type { components } from '../../client/index.ts';
import { api, bodyOf } from './api.ts';
import { usePages } from './pages.ts';

export type ListedChannel = components['schemas']['ListedChannel'];

export type Sort = 'viewers' | 'newest';

const REFRESH_MS = 30_000;

/** The live channels, of one category or of all. */
export function useLiveChannels(sort: Sort, categoryId?: string) {
  return usePages<ListedChannel>(
    ['channels', 'live', sort, categoryId ?? null],
    cursor =>
      bodyOf(
        api.GET('/v1/channels', {
          params: {
            query: {
              isLive: 'true',
              sort,
              limit: 48,
              ...cursor,
              ...(categoryId === undefined ? {} : { categoryId }),
            },
          },
        }),
      ),
    REFRESH_MS,
  );
}

const HOUR_MS = 3_600_000;

export function useCategories() {
  return useQuery({
    queryKey: ['categories'],
    queryFn: async () => (await bodyOf(api.GET('/v1/categories', {}))).items,
    staleTime: HOUR_MS,
  });
}

/** The channels whose username begins with `q`. */
export function useSearch(q: string) {
  return usePages<ListedChannel>(['search', q], cursor =>
    bodyOf(api.GET('/v1/search', { params: { query: { q, limit: 48, ...cursor } } })),
  );
}

/** The channels that the signed-in user follows. */
export function useFollowing() {
  return usePages<ListedChannel>(['following'], async cursor => {
    const { items, nextCursor } = await bodyOf(
      api.GET('/v1/users/me/following', { params: { query: { limit: 48, ...cursor } } }),
    );
    return { items: items.map(({ channel }) => ({ ...channel, stream: null })), nextCursor };
  });
}
