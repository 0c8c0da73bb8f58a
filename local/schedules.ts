import {
  encoderSchedule,
  pendingSchedule,
  rankingSchedule,
  reconcileSchedule,
  sweepSchedule,
} from '../model/functions.ts';
import type { Handlers } from './handlers.ts';
import type { LineLogger } from './log.ts';

const MINUTE_MS = 60_000;

/** Runs the stack's scheduled tasks at the intervals of the stack. Each also runs when it is called. */
export function startSchedules(
  { reconcile, readEncoders, rankChannels, finishPending, sweepResources }: Handlers,
  log: LineLogger,
) {
  const failed = (task: string) => (error: unknown) => log.error(`${task} failed`, { error });
  const tasks = {
    reconcile: periodicTask(reconcileSchedule.everyMinutes * MINUTE_MS, reconcile, failed('reconciling')),
    readEncoders: periodicTask(
      encoderSchedule.everyMinutes * MINUTE_MS,
      readEncoders,
      failed('reading the configuration of encoders'),
    ),
    rankChannels: periodicTask(
      rankingSchedule.everyMinutes * MINUTE_MS,
      rankChannels,
      failed('ranking the live channels'),
    ),
    finishPending: periodicTask(
      pendingSchedule.everyMinutes * MINUTE_MS,
      finishPending,
      failed('continuing interrupted work'),
    ),
    sweepResources: periodicTask(sweepSchedule.everyMinutes * MINUTE_MS, sweepResources, failed('sweeping')),
  };
  return {
    reconcile: tasks.reconcile.run,
    rankChannels: tasks.rankChannels.run,
    finishPending: tasks.finishPending.run,
    sweepResources: tasks.sweepResources.run,
    stop: async () => void (await Promise.all(Object.values(tasks).map(task => task.stop()))),
  };
}

/** A task that runs at an interval and on request, never twice at the same time. */
export interface PeriodicTask<T> {
  /** Runs the task, or joins the run in progress. */
  run(): Promise<T>;
  /** Stops the interval and waits for the run in progress. */
  stop(): Promise<void>;
}

/**
 * Runs `task` every `everyMs` milliseconds. When such a run fails, `onFailure` is called and the interval
 * continues. `task` is passed a function that returns whether it should end early because `stop` was called.
 */
export function periodicTask<T>(
  everyMs: number,
  task: (isStopping: () => boolean) => Promise<T>,
  onFailure: (error: unknown) => void,
): PeriodicTask<T> {
  let running: Promise<T> | undefined;
  let stopping = false;
  const run = () => {
    running ??= task(() => stopping).finally(() => {
      running = undefined;
    });
    return running;
  };
  const timer = setInterval(() => void run().catch(onFailure), everyMs);
  return {
    run,
    stop: async () => {
      stopping = true;
      clearInterval(timer);
      await Promise.allSettled([running]);
    },
  };
}
