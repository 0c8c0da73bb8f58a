/** A task that runs by itself every so often, and when asked to; never twice at once. */
export interface RepeatedTask<T> {
  /** Runs now, or joins the run under way. */
  run(): Promise<T>;
  /** Runs no more by itself, and waits for the run under way. */
  stop(): Promise<void>;
}

/** Runs `task` every `everyMs`. A run by itself that fails is told to `onFailure`, and the next one comes. */
export function repeatedly<T>(
  everyMs: number,
  task: () => Promise<T>,
  onFailure: (error: unknown) => void,
): RepeatedTask<T> {
  let underWay: Promise<T> | undefined;
  const run = () => {
    underWay ??= task().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
  const timer = setInterval(() => void run().catch(onFailure), everyMs);
  return {
    run,
    stop: async () => {
      clearInterval(timer);
      await Promise.allSettled([underWay]);
    },
  };
}
