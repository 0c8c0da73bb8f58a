import { useMutation, useQuery } from '@tanstack/preact-query';
import type { components } from '../../client/index.ts';
import { api, bodyOf } from './api.ts';
import { usePages } from './pages.ts';
import { queryClient } from './queryClient.ts';

export type Stage = components['schemas']['Stage'];
export type StageInvitation = components['schemas']['ListedStageInvitation'];
export type StageRequest = components['schemas']['ListedStageRequest'];

const REFRESH_MS = 10_000;

/** Who publishes on a stage. */
export function useStage(username: string) {
  return useQuery({
    queryKey: ['stage', username],
    queryFn: () => bodyOf(api.GET('/v1/stages/{username}', { params: { path: { username } } })),
    refetchInterval: REFRESH_MS,
    refetchIntervalInBackground: false,
  });
}

/** The live stages, newest first. */
export function useLiveStages() {
  return usePages<components['schemas']['ListedStage']>(['stages', 'live'], cursor =>
    bodyOf(api.GET('/v1/stages', { params: { query: { isLive: 'true', limit: 48, ...cursor } } })),
  );
}

/** The invitations to the user's own stage. */
export function useStageInvitations() {
  return useQuery({
    queryKey: ['stage', 'invitations'],
    queryFn: async () => (await bodyOf(api.GET('/v1/stages/me/invitations', {}))).items,
    refetchInterval: REFRESH_MS,
    refetchIntervalInBackground: false,
  });
}

/** The open requests to come on the user's own stage, oldest first. A stage has 30 at most. */
export function useStageRequests() {
  return useQuery({
    queryKey: ['stage', 'requests'],
    queryFn: async () =>
      (await bodyOf(api.GET('/v1/stages/me/requests', { params: { query: { limit: 100 } } }))).items,
    refetchInterval: REFRESH_MS,
    refetchIntervalInBackground: false,
  });
}

/** What became of the user's request to come on somebody's stage. Guests of the web app cannot ask. */
export function useOwnStageRequest(username: string, isEnabled: boolean) {
  return useQuery({
    enabled: isEnabled,
    queryKey: ['stage', 'request', username],
    queryFn: () => bodyOf(api.GET('/v1/stages/{username}/request', { params: { path: { username } } })),
  });
}

/** What a viewer does about coming on somebody's stage: asks, takes the request back, or leaves as a guest. */
export function useAskForStage(username: string) {
  const params = { path: { username } };
  return useMutation({
    mutationFn: async (act: 'ask' | 'takeBack' | 'leave') => {
      if (act === 'ask') await bodyOf(api.PUT('/v1/stages/{username}/request', { params }));
      else if (act === 'takeBack') await bodyOf(api.DELETE('/v1/stages/{username}/request', { params }));
      else await bodyOf(api.DELETE('/v1/stages/{username}/invitation', { params }));
    },
    onSettled: () => refreshStage(),
  });
}

/** Reads the stage again, after an event has told of a change. */
export const refreshStage = () => queryClient.invalidateQueries({ queryKey: ['stage'] });

/** What the host can do. Every list of the stage is read again afterwards. */
const asHost = { onSuccess: refreshStage };

/** Invites a user to the user's own stage, which also accepts the user's request. */
export function useInvite() {
  return useMutation({
    mutationFn: (username: string) =>
      bodyOf(api.PUT('/v1/stages/me/invitations/{username}', { params: { path: { username } } })),
    ...asHost,
  });
}

export function useWithdrawInvitation() {
  return useMutation({
    mutationFn: (username: string) =>
      bodyOf(api.DELETE('/v1/stages/me/invitations/{username}', { params: { path: { username } } })),
    ...asHost,
  });
}

export function useDeclineRequest() {
  return useMutation({
    mutationFn: (username: string) =>
      bodyOf(api.DELETE('/v1/stages/me/requests/{username}', { params: { path: { username } } })),
    ...asHost,
  });
}

export function useDisconnectParticipant() {
  return useMutation({
    mutationFn: (participantId: string) =>
      bodyOf(
        api.DELETE('/v1/stages/me/participants/{participantId}', { params: { path: { participantId } } }),
      ),
    ...asHost,
  });
}

/** Creates a token with which an app that uses the IVS broadcast SDK joins a stage. It is not kept. */
export function useStageToken(username: string) {
  return useMutation({
    mutationFn: () => bodyOf(api.POST('/v1/stages/{username}/tokens', { params: { path: { username } } })),
  });
}
