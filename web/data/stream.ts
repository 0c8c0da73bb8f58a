import { useMutation, useQuery } from '@tanstack/preact-query';
import type { components } from '../../client/index.ts';
import { api, bodyOf } from './api.ts';
import { usePages } from './pages.ts';
import { queryClient } from './queryClient.ts';

export type Stream = components['schemas']['Stream'];
export type StreamEvent = components['schemas']['StreamEvent'];

const PAGE = 20;

/** The streams of a channel, newest first. */
export function useStreams(username: string) {
  return usePages<Stream>(['streams', username], cursor =>
    bodyOf(
      api.GET('/v1/channels/{username}/streams', {
        params: { path: { username }, query: { limit: PAGE, ...cursor } },
      }),
    ),
  );
}

/** Reads again what is known of a channel's streams, after an event has told of a change. */
export async function refreshStreams(username: string): Promise<void> {
  await Promise.all(
    ['streams', 'stream', 'timeline'].map(kind =>
      queryClient.invalidateQueries({ queryKey: [kind, username] }),
    ),
  );
}

const TIMELINE_MS = 5_000;
const TIMELINE_PAGES = 5;

/** The events of one of the user's streams, oldest first. While the stream is live, new ones appear. */
export function useTimeline(username: string, streamId: string, isLive: boolean) {
  return useQuery({
    queryKey: ['timeline', username, streamId],
    queryFn: async () => {
      const events: StreamEvent[] = [];
      let cursor: string | null | undefined;
      for (let page = 0; page < TIMELINE_PAGES && cursor !== null; page++) {
        const query = { limit: 100, ...(cursor === undefined ? {} : { cursor }) };
        const params = { path: { username, streamId }, query };
        const list = await bodyOf(api.GET('/v1/channels/{username}/streams/{streamId}/events', { params }));
        events.push(...list.items);
        cursor = list.nextCursor;
      }
      return events;
    },
    refetchInterval: isLive ? TIMELINE_MS : false,
    refetchIntervalInBackground: false,
  });
}

type Edit = components['schemas']['Edit'];

/** Changes the title or the category of one of the user's streams. */
export function useUpdateStream(username: string, streamId: string) {
  return useMutation({
    mutationFn: (edit: Edit) =>
      bodyOf(
        api.PATCH('/v1/channels/{username}/streams/{streamId}', {
          params: { path: { username, streamId } },
          body: edit,
        }),
      ),
    onSuccess: stream => {
      queryClient.setQueryData(['stream', username, streamId], stream);
      return queryClient.invalidateQueries({ queryKey: ['streams', username] });
    },
  });
}

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
