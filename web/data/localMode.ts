import { useMutation } from '@tanstack/preact-query';

/** Whether the app is served by local mode, which marks its pages. */
export const isLocalMode = import.meta.env.DEV || document.querySelector('meta[name="local-mode"]') !== null;

/** Plays a test broadcast on a channel. Only in local mode. */
export function useTestBroadcast(username: string) {
  return useMutation({
    mutationFn: async () => {
      const answer = await fetch('/_local/broadcasts', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ username }),
      });
      if (answer.ok) return;
      const { message }: { message?: unknown } = await answer.json();
      throw new Error(String(message));
    },
  });
}
