import { useMutation } from '@tanstack/preact-query';
import { api, bodyOf } from './api.ts';
import { ProblemError } from './problems.ts';

/** Whether the API asks for the password before it does what was requested. */
export const needsStepUp = (error: unknown): boolean =>
  error instanceof ProblemError && error.problem.reason === 'step-up-required';

/** Confirms the user's password. For some minutes, requests that need this are accepted. */
export function useStepUp() {
  return useMutation({
    mutationFn: (currentPassword: string) =>
      bodyOf(api.POST('/v1/sessions/step-up', { body: { currentPassword } })),
  });
}
