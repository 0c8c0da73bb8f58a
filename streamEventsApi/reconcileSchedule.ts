import { IvsClient } from '@aws-sdk/client-ivs';
import { oneTry } from '../ivs/clientSettings.ts';
import { reconcileSchedule } from '../model/functions.ts';
import { databaseFrom } from '../store/database.ts';
import { withLease } from '../store/leases.ts';
import { ivsSessions } from './ivsSessions.ts';
import { lambdaPorts } from './lambda.ts';
import { type ReconcileReport, reconciler } from './reconcile.ts';

/**
 * Called by the schedule every few minutes. Does nothing while another run is under way, because both would share
 * IVS's quota. Fails when a session could not be repaired, so that the function's error metric shows it. The next
 * run retries.
 */
const ports = lambdaPorts();
const database = databaseFrom(process.env, ['channels', 'streams', 'streamEvents', 'rateLimits']);
const reconcile = reconciler({
  ...ports,
  database,
  ivs: ivsSessions(new IvsClient({ ...oneTry, maxAttempts: 3 })),
  graceMs: reconcileSchedule.graceMs,
});

export const handler = (): Promise<ReconcileReport | 'busy'> =>
  ports.invocation(async () => {
    const report = await withLease(
      database,
      'reconcile',
      reconcileSchedule.timeoutMs,
      ports.clock,
      reconcile,
    );
    if (report === 'busy') {
      ports.log.info('not reconciled', { reason: 'another run is under way' });
      return report;
    }
    ports.log.info('reconciled', { ...report });
    if (report.failed.length > 0) throw new Error(`${report.failed.length} sessions could not be reconciled`);
    return report;
  });
