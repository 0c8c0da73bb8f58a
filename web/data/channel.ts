import { useMutation, useQuery } from '@tanstack/preact-query';
import type { components } from '../../client/index.ts';
import { api, bodyOf } from './api.ts';
import { refreshModeration } from './moderation.ts';
import { queryClient } from './queryClient.ts';

export type Channel = components['schemas']['Channel'];

const REFRESH_MS = 30_000;
const keyOf = (username: string) => ['channel', username.toLowerCase()];

/** The page of a channel. It is read again twice a minute, for the number of viewers. */
export function useChannel(username: string) {
  return useQuery({
    queryKey: keyOf(username),
    queryFn: () => bodyOf(api.GET('/v1/channels/{username}', { params: { path: { username } } })),
    refetchInterval: REFRESH_MS,
    refetchIntervalInBackground: false,
    refetchOnReconnect: 'always',
  });
}

/** Reads the page of a channel again, after an event has told of a change that it does not contain whole. */
export const refreshChannel = (username: string) =>
  queryClient.invalidateQueries({ queryKey: keyOf(username) });

/** Follows a channel, or no longer. The page shows the result at once, and takes it back if the API refuses. */
export function useFollow(username: string) {
  const params = { path: { username } };
  return useMutation({
    mutationFn: (follow: boolean) =>
      follow
        ? bodyOf(api.PUT('/v1/channels/{username}/follow', { params }))
        : bodyOf(api.DELETE('/v1/channels/{username}/follow', { params })),
    onMutate: async follow => {
      await queryClient.cancelQueries({ queryKey: keyOf(username) });
      const before = queryClient.getQueryData<Channel>(keyOf(username));
      queryClient.setQueryData<Channel>(keyOf(username), channel =>
        channel?.relation == null || channel.relation.isFollowing === follow
          ? channel
          : {
              ...channel,
              followerCount: Math.max(0, channel.followerCount + (follow ? 1 : -1)),
              relation: { ...channel.relation, isFollowing: follow },
            },
      );
      return before;
    },
    onError: (_error, _follow, before) => queryClient.setQueryData(keyOf(username), before),
    // A read that began before the API had made the change may have replaced what the page shows.
    onSettled: () => {
      void queryClient.invalidateQueries({ queryKey: keyOf(username) });
      void queryClient.invalidateQueries({ queryKey: ['following'] });
    },
  });
}

/** Deletes a message of a channel's chat. Everybody who reads the chat is told. */
export function useDeleteMessage(username: string) {
  return useMutation({
    mutationFn: ({ messageId, senderId }: { messageId: string; senderId: string }) =>
      bodyOf(
        api.DELETE('/v1/channels/{username}/chat/messages/{messageId}', {
          params: { path: { username, messageId }, query: { senderId } },
        }),
      ),
    onSettled: () => refreshModeration(username),
  });
}

export interface NewBan {
  readonly userId: string;
  /** When the ban ends, as ISO 8601. Undefined until it is lifted. */
  readonly until: string | undefined;
  readonly reason: string;
}

/** Bans a user from a channel's chat. */
export function useBan(username: string) {
  return useMutation({
    mutationFn: ({ userId, until, reason }: NewBan) =>
      bodyOf(
        api.PUT('/v1/channels/{username}/chat/bans/{bannedUsername}', {
          params: { path: { username, bannedUsername: userId } },
          body: { ...(until === undefined ? {} : { until }), ...(reason === '' ? {} : { reason }) },
        }),
      ),
    // Also after a failure: a ban is stored before the user is disconnected.
    onSettled: () => refreshModeration(username),
  });
}

type Edit = components['schemas']['Edit'];

/** Changes the title or the category of the user's own channel, and of its open stream. */
export function useUpdateChannel(username: string) {
  return useMutation({
    mutationFn: (edit: Edit) => bodyOf(api.PATCH('/v1/channels/me', { body: edit })),
    onSuccess: ({ title, categoryId }) =>
      queryClient.setQueryData<Channel>(
        keyOf(username),
        channel =>
          channel && {
            ...channel,
            title,
            categoryId,
            stream: channel.stream && { ...channel.stream, title, categoryId },
          },
      ),
  });
}

/** Disconnects the user's broadcast. The channel goes offline some seconds later. */
export function useStopStream() {
  return useMutation({ mutationFn: () => bodyOf(api.DELETE('/v1/channels/me/live', {})) });
}
