import { useQuery } from '@tanstack/preact-query';
import { api, bodyOf } from './api.ts';

const VIEWERS_MS = 15_000;

/** The number of viewers of a live stream, at most a minute old. */
export function useViewers(username: string, streamId: string | undefined) {
  return useQuery({
    queryKey: ['viewers', username, streamId],
    queryFn: () =>
      bodyOf(
        api.GET('/v1/channels/{username}/streams/{streamId}/viewers', {
          params: { path: { username, streamId: streamId ?? '' } },
        }),
      ),
    enabled: streamId !== undefined,
    refetchInterval: VIEWERS_MS,
    refetchIntervalInBackground: false,
  });
}
