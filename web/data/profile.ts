import { useMutation, useQuery } from '@tanstack/preact-query';
import type { components } from '../../client/index.ts';
import { api, bodyOf } from './api.ts';
import { queryClient } from './queryClient.ts';

export type Profile = components['schemas']['Profile'];
type ProfileChange = components['schemas']['ProfileChange'];

const KEY = ['me'];

/** The user's own profile. */
export function useProfile() {
  return useQuery({ queryKey: KEY, queryFn: () => bodyOf(api.GET('/v1/users/me', {})) });
}

/** Changes what everybody can see of the user. Null removes a value. */
export function useUpdateProfile() {
  return useMutation({
    mutationFn: (change: ProfileChange) => bodyOf(api.PATCH('/v1/users/me/profile', { body: change })),
    onSuccess: showProfile,
  });
}

/** Shows a change of the profile that the API has made. */
export function showProfile(shown: Partial<Profile>): Promise<void> {
  queryClient.setQueryData<Profile>(KEY, profile => profile && { ...profile, ...shown });
  return queryClient.invalidateQueries({ queryKey: ['channel'] });
}
