import { useQuery } from '@tanstack/preact-query';
import { api, bodyOf } from './api.ts';
import { type Analytics, joinAnalytics } from './joinAnalytics.ts';

const REFRESH_MS = 30_000;
/** One answer has a day. IVS ends a stream after two. */
const MOST_ANSWERS = 4;

/** The viewers and the chat of one of the user's streams, minute by minute. */
export function useAnalytics(username: string, streamId: string, isLive: boolean) {
  return useQuery({
    queryKey: ['analytics', username, streamId],
    queryFn: async () => {
      const parts: Analytics[] = [];
      let from: string | null | undefined;
      while (from !== null && parts.length < MOST_ANSWERS) {
        const params = { path: { username, streamId }, query: from === undefined ? {} : { from } };
        const { nextFrom, ...part } = await bodyOf(
          api.GET('/v1/channels/{username}/streams/{streamId}/analytics', { params }),
        );
        parts.push(part);
        from = nextFrom;
      }
      return joinAnalytics(parts);
    },
    refetchInterval: isLive ? REFRESH_MS : false,
    refetchIntervalInBackground: false,
  });
}
