import { IvsClient } from '@aws-sdk/client-ivs';
import { reconcileSchedule } from '../model/functions.ts';
import { applyLocalEndpoint, PortError } from '../model/localEndpoint.ts';
import { stackNameOf } from '../model/stackName.ts';
import { documentClient } from '../store/database.ts';
import { describeStack, StackError } from '../store/stackOutputs.ts';
import { ivsSessions } from './ivsSessions.ts';
import { reconciler } from './reconcile.ts';

/** `make reconcile`: does now, with the caller's own permissions, what the schedule does every few minutes. */
async function main(): Promise<void> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  applyLocalEndpoint(process.env);
  const { names, region } = await describeStack(stackNameOf(process.env));
  const say = (message: string, attributes: Record<string, unknown>) => console.error(message, attributes);
  const reconcile = reconciler({
    database: { client: documentClient({ region }), names },
    ivs: ivsSessions(new IvsClient({ region })),
    clock: () => new Date(),
    log: { info: say, warn: say, error: say },
    count: () => {},
    graceMs: reconcileSchedule.graceMs,
  });
  const { live, open, opened, closed, failed } = await reconcile();
  console.log(
    `IVS streams ${live}; ${open} sessions were open; opened ${opened.length}, closed ${closed.length}`,
  );
  if (failed.length === 0) return;
  console.error(`not reconciled, run it again: ${failed.join(', ')}`);
  process.exitCode = 1;
}

main().catch(error => {
  console.error(error instanceof StackError || error instanceof PortError ? error.message : error);
  process.exitCode = 1;
});
