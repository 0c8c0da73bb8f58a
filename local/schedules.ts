import { pendingSchedule, reconcileSchedule, sweepSchedule } from '../model/functions.ts';
import type { Handlers } from './handlers.ts';
import type { LineLogger } from './log.ts';
import { repeatedly } from './repeatedly.ts';

const MINUTE_MS = 60_000;

/** What the stack runs on schedules, as often as the stack does. Each also runs when it is called. */
export function startSchedules({ reconcile, finishPending, sweepResources }: Handlers, log: LineLogger) {
  const failed = (task: string) => (error: unknown) => log.error(`${task} failed`, { error });
  const tasks = {
    reconcile: repeatedly(reconcileSchedule.everyMinutes * MINUTE_MS, reconcile, failed('reconciling')),
    finishPending: repeatedly(
      pendingSchedule.everyMinutes * MINUTE_MS,
      finishPending,
      failed('finishing what is pending'),
    ),
    sweepResources: repeatedly(sweepSchedule.everyMinutes * MINUTE_MS, sweepResources, failed('sweeping')),
  };
  return {
    reconcile: tasks.reconcile.run,
    finishPending: tasks.finishPending.run,
    sweepResources: tasks.sweepResources.run,
    stop: async () => void (await Promise.all(Object.values(tasks).map(task => task.stop()))),
  };
}
