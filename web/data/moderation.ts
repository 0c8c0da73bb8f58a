import { useMutation, useQuery } from '@tanstack/preact-query';
import type { components } from '../../client/index.ts';
import { api, bodyOf } from './api.ts';
import { usePages } from './pages.ts';
import { queryClient } from './queryClient.ts';

export type Ban = components['schemas']['Ban'];
export type Moderator = components['schemas']['Moderator'];
export type Act = components['schemas']['ModerationAct'];
export type ModeratedChannel = components['schemas']['ModeratedChannel'];
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
    onSuccess: () => refreshModeration(username),
  });
}

/** Reads what moderation has changed again: the bans and the log. */
export function refreshModeration(username: string): void {
  for (const list of ['bans', 'moderationLog'])
    void queryClient.invalidateQueries({ queryKey: [list, username] });
}

/** What was done to moderate a channel, newest first. */
export function useModerationLog(username: string) {
  return usePages<Act>(['moderationLog', username], cursor =>
    bodyOf(
      api.GET('/v1/channels/{username}/moderation-log', {
        params: { path: { username }, query: { limit: 30, ...cursor } },
      }),
    ),
  );
}

const moderatorsKey = (username: string) => ['moderators', username];

/** The moderators of a channel, latest appointment first. */
export function useModerators(username: string) {
  return usePages<Moderator>(moderatorsKey(username), cursor =>
    bodyOf(
      api.GET('/v1/channels/{username}/moderators', {
        params: { path: { username }, query: { limit: 50, ...cursor } },
      }),
    ),
  );
}

/** Appoints a user as moderator, or ends the appointment. A name or the id of the user identifies them. */
export function useModeratorChange(username: string) {
  return useMutation({
    mutationFn: async ({ moderator, change }: { moderator: string; change: 'appoint' | 'dismiss' }) => {
      const path = '/v1/channels/{username}/moderators/{moderatorUsername}';
      const params = { path: { username, moderatorUsername: moderator } };
      if (change === 'appoint') await bodyOf(api.PUT(path, { params }));
      else await bodyOf(api.DELETE(path, { params }));
    },
    // Also after a failure: a dismissal is stored before the chat is disconnected.
    onSettled: () => {
      void queryClient.invalidateQueries({ queryKey: moderatorsKey(username) });
      void queryClient.invalidateQueries({ queryKey: ['moderated'] });
      refreshModeration(username);
    },
  });
}

/** The channels that the user moderates. */
export function useModerated() {
  return usePages<ModeratedChannel>(['moderated'], cursor =>
    bodyOf(api.GET('/v1/users/me/moderated-channels', { params: { query: { limit: 50, ...cursor } } })),
  );
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
