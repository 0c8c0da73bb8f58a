import { useMutation } from '@tanstack/preact-query';

/** Whether the app is served by local mode, which marks its pages. */
export const isLocalMode = import.meta.env.DEV || document.querySelector('meta[name="local-mode"]') !== null;

/** A broadcast that is not live by then has failed. */
const START_MS = 10_000;

/** Plays a test broadcast on a channel. Only in local mode. */
export function useTestBroadcast(username: string) {
  return useMutation({
    mutationFn: async () => {
      const answer = await fetch('/_local/broadcasts', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ username }),
      });
      if (answer.ok) return new Promise<void>(resolve => setTimeout(resolve, START_MS));
      const { message }: { message?: unknown } = await answer.json();
      throw new Error(String(message));
    },
  });
}
