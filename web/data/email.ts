import { useMutation, useQuery } from '@tanstack/preact-query';
import { api, bodyOf, session } from './api.ts';
import { ProblemError } from './problems.ts';
import { queryClient } from './queryClient.ts';

const KEY = ['email'];

/** Whether this site sends no mail. */
export const isWithoutMail = (error: unknown): boolean =>
  error instanceof ProblemError && error.problem.reason === 'mail-not-set-up';

/** The user's address, and the one that waits for its code. */
export function useEmail() {
  return useQuery({ queryKey: KEY, queryFn: () => bodyOf(api.GET('/v1/users/me/email', {})) });
}

const again = () => queryClient.invalidateQueries({ queryKey: KEY });

/** Has a code sent to a new address. */
export function useRequestEmail() {
  return useMutation({
    mutationFn: (email: string) => bodyOf(api.PUT('/v1/users/me/email', { body: { email } })),
    onSuccess: again,
  });
}

/** Makes the address the user's with the code. */
export function useConfirmEmail() {
  return useMutation({
    mutationFn: (code: string) => bodyOf(api.POST('/v1/users/me/email/confirmation', { body: { code } })),
    onSuccess: answer => queryClient.setQueryData(KEY, answer),
  });
}

export function useRemoveEmail() {
  return useMutation({
    mutationFn: () => bodyOf(api.DELETE('/v1/users/me/email', {})),
    onSuccess: again,
  });
}

/** Has a code sent to the address of a lost password. Returns the id of the request. */
export async function requestReset(email: string): Promise<string> {
  return (await bodyOf(api.POST('/v1/password-resets', { body: { email } }))).resetId;
}

/** Sets a new password with the code, and signs in. */
export async function resetPassword(resetId: string, code: string, password: string): Promise<void> {
  session.start(
    await bodyOf(api.POST('/v1/password-resets/completion', { body: { resetId, code, password } })),
  );
}
