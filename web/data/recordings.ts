import { useQuery } from '@tanstack/preact-query';
import type { components } from '../../client/index.ts';
import { api, bodyOf } from './api.ts';
import { usePages } from './pages.ts';

export type Vod = components['schemas']['Vod'];

const PAGE = 24;

/** The recordings of a channel, newest first. */
export function useVods(username: string) {
  return usePages<Vod>(['vods', username], cursor =>
    bodyOf(
      api.GET('/v1/channels/{username}/vods', {
        params: { path: { username }, query: { limit: PAGE, ...cursor } },
      }),
    ),
  );
}

/** The recordings of all channels, newest first, of one category or of all. */
export function useRecordings(categoryId?: string) {
  return usePages<components['schemas']['ListedRecording']>(['recordings', categoryId ?? null], cursor =>
    bodyOf(
      api.GET('/v1/recordings', {
        params: { query: { limit: PAGE, ...cursor, ...(categoryId === undefined ? {} : { categoryId }) } },
      }),
    ),
  );
}

const RECORDING_REFRESH_MS = 5_000;

/** A stream with its recording. It is read again until the recording has ended: its length and views are known then. */
export function useStream(username: string, streamId: string) {
  return useQuery({
    refetchInterval: query =>
      query.state.data?.recording?.status === 'recording' ? RECORDING_REFRESH_MS : false,
    refetchIntervalInBackground: false,
    queryKey: ['stream', username, streamId],
    queryFn: () =>
      bodyOf(
        api.GET('/v1/channels/{username}/streams/{streamId}', { params: { path: { username, streamId } } }),
      ),
  });
}
