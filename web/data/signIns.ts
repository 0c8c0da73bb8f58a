import { useMutation } from '@tanstack/preact-query';
import type { components } from '../../client/index.ts';
import { api, bodyOf } from './api.ts';
import { usePages } from './pages.ts';
import { queryClient } from './queryClient.ts';

export type SignInEntry = components['schemas']['Session'];

const KEY = ['signIns'];
const again = () => queryClient.invalidateQueries({ queryKey: KEY });

/** The user's sign-ins, newest first. */
export function useSignIns() {
  return usePages<SignInEntry>(KEY, cursor =>
    bodyOf(api.GET('/v1/users/me/sessions', { params: { query: { limit: 20, ...cursor } } })),
  );
}

export function useEndSignIn() {
  return useMutation({
    mutationFn: (sessionId: string) =>
      bodyOf(api.DELETE('/v1/users/me/sessions/{sessionId}', { params: { path: { sessionId } } })),
    onSuccess: again,
  });
}

/** Ends all sign-ins except the one of this browser. */
export function useEndOtherSignIns() {
  return useMutation({
    mutationFn: () => bodyOf(api.DELETE('/v1/users/me/sessions', {})),
    onSuccess: again,
  });
}
