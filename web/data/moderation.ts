import { useMutation, useQuery } from '@tanstack/preact-query';
import type { components } from '../../client/index.ts';
import { api, bodyOf } from './api.ts';
import { usePages } from './pages.ts';
import { queryClient } from './queryClient.ts';

export type Ban = components['schemas']['Ban'];
type ArchivedMessage = components['schemas']['ChatMessage'];

/** The bans of a channel's chat, newest first. */
export function useBans(username: string) {
  return usePages<Ban>(['bans', username], cursor =>
    bodyOf(
      api.GET('/v1/channels/{username}/chat/bans', {
        params: { path: { username }, query: { limit: 50, ...cursor } },
      }),
    ),
  );
}

/** Ends a ban. It is named by the id of the user, which stays the same after a rename. */
export function useLiftBan(username: string) {
  return useMutation({
    mutationFn: (userId: string) =>
      bodyOf(
        api.DELETE('/v1/channels/{username}/chat/bans/{bannedUsername}', {
          params: { path: { username, bannedUsername: userId } },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['bans', username] }),
  });
}

const termsKey = (username: string) => ['blockedTerms', username];

const termsOf = (username: string) => ({
  queryKey: termsKey(username),
  queryFn: async () => {
    const params = { path: { username } };
    return (await bodyOf(api.GET('/v1/channels/{username}/chat/blocked-terms', { params }))).terms;
  },
});

/** The terms that are masked in a channel's chat. */
export const useBlockedTerms = (username: string) => useQuery(termsOf(username));

/** Changes the terms that are masked in a channel's chat, also before they are shown. */
export function useChangeBlockedTerms(username: string) {
  return useMutation({
    mutationFn: async (change: (terms: readonly string[]) => readonly string[]) => {
      const terms = [...change(await queryClient.fetchQuery(termsOf(username)))];
      const params = { path: { username } };
      return bodyOf(api.PUT('/v1/channels/{username}/chat/blocked-terms', { params, body: { terms } }));
    },
    onSuccess: ({ terms }) => queryClient.setQueryData(termsKey(username), terms),
  });
}

const PAGES = 3;

/** The last messages of a stream that is over. */
export function useLastMessages(
  username: string,
  stream: { readonly id: string; readonly durationMs: number | null } | undefined,
) {
  return useQuery({
    queryKey: ['lastMessages', username, stream?.id],
    enabled: stream !== undefined,
    queryFn: async () => {
      const { id = '', durationMs } = stream ?? {};
      const messages: ArchivedMessage[] = [];
      let cursor: string | null | undefined;
      const fromMs = Math.max(0, Math.floor((durationMs ?? 0) - LAST_MS));
      for (let page = 0; page < PAGES && cursor !== null; page++) {
        const query = { limit: 100, ...(cursor === undefined ? { fromMs } : { cursor }) };
        const params = { path: { username, streamId: id }, query };
        const list = await bodyOf(api.GET('/v1/channels/{username}/streams/{streamId}/chat', { params }));
        messages.push(...list.items);
        cursor = list.nextCursor;
      }
      return messages;
    },
  });
}

const LAST_MS = 20 * 60_000;
