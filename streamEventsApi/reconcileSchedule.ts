import { IvsClient } from '@aws-sdk/client-ivs';
import { oneTry } from '../ivs/clientSettings.ts';
import { reconcileSchedule } from '../model/functions.ts';
import { databaseFrom } from '../store/database.ts';
import { ivsSessions } from './ivsSessions.ts';
import { lambdaPorts } from './lambda.ts';
import { type ReconcileReport, reconciler } from './reconcile.ts';

/**
 * Called by the schedule every few minutes. Fails when a session could not be repaired, so that the
 * function's error metric shows it. The next run retries.
 */
const ports = lambdaPorts();
const database = databaseFrom(process.env, ['channels', 'streams', 'streamEvents', 'rateLimits']);
const reconcile = reconciler({
  ...ports,
  database,
  ivs: ivsSessions(new IvsClient({ ...oneTry, maxAttempts: 3 })),
  graceMs: reconcileSchedule.graceMs,
});

export const handler = (): Promise<ReconcileReport> =>
  ports.invocation(async () => {
    const report = await reconcile();
    ports.log.info('reconciled', { ...report });
    if (report.failed.length > 0) throw new Error(`${report.failed.length} sessions could not be reconciled`);
    return report;
  });
