import { IvsClient } from '@aws-sdk/client-ivs';
import { reconcileSchedule } from '../model/functions.ts';
import { targetStack } from '../model/localEndpoint.ts';
import { documentClient } from '../store/database.ts';
import { describeStack } from '../store/stackOutputs.ts';
import { ivsSessions } from '../streamEventsApi/ivsSessions.ts';
import { reconciler } from '../streamEventsApi/reconcile.ts';
import type { Command } from './command.ts';
import { terminalLog } from './terminalLog.ts';

/**
 * `make reconcile`: runs the reconciler once, with the caller's own permissions.
 * @returns 0 when every session was reconciled, 1 otherwise
 */
export const reconcileCommand: Command = async ({ environment, out, err }) => {
  const stack = targetStack(environment);
  const { names, region } = await describeStack(stack);
  const database = { client: documentClient({ region }), names };
  const ivs = new IvsClient({ region });
  const reconcile = reconciler({
    database,
    ivs: ivsSessions(ivs),
    clock: () => new Date(),
    log: terminalLog(err),
    count: () => {},
    graceMs: reconcileSchedule.graceMs,
  });
  try {
    const { live, open, opened, closed, completed, failed } = await reconcile();
    out(
      `${stack}: IVS has ${live} live streams, the tables had ${open} open sessions; opened ${opened.length}, closed ${closed.length}, completed ${completed.length}`,
    );
    if (failed.length === 0) return 0;
    err(`not reconciled: ${failed.join(', ')}. Run make reconcile again.`);
    return 1;
  } finally {
    ivs.destroy();
    database.client.destroy();
  }
};
