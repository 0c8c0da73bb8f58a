/** A task that runs by itself every so often, and when asked to; never twice at once. */
export interface RepeatedTask<T> {
  /** Runs now, or joins the run under way. */
  run(): Promise<T>;
  /** Runs no more by itself, and waits for the run under way. */
  stop(): Promise<void>;
}

/**
 * Runs `task` every `everyMs`. A run by itself that fails is told to `onFailure`, and the next one comes. `task` is
 * given a function that says whether nobody has time for it any more.
 */
export function repeatedly<T>(
  everyMs: number,
  task: (isStopping: () => boolean) => Promise<T>,
  onFailure: (error: unknown) => void,
): RepeatedTask<T> {
  let underWay: Promise<T> | undefined;
  let stopping = false;
  const run = () => {
    underWay ??= task(() => stopping).finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
  const timer = setInterval(() => void run().catch(onFailure), everyMs);
  return {
    run,
    stop: async () => {
      stopping = true;
      clearInterval(timer);
      await Promise.allSettled([underWay]);
    },
  };
}
