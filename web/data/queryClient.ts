import { QueryClient } from '@tanstack/preact-query';
import { ConnectionError, ProblemError } from './problems.ts';

const RETRIES = 2;

/** The client waits for `Retry-After` itself, so only faults that pass by themselves are retried here. */
const isTransient = (error: unknown) =>
  error instanceof ConnectionError || (error instanceof ProblemError && error.problem.status >= 500);

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // What pages show changes with broadcasts: the API lets browsers keep it for two seconds.
      staleTime: 5_000,
      retry: (failures, error) => failures < RETRIES && isTransient(error),
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});
