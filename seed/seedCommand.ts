import { randomUUID } from 'node:crypto';
import { applyLocalEndpoint } from '../model/localEndpoint.ts';
import { documentClient } from '../store/database.ts';
import { newRun } from '../store/seedIndex.ts';
import { describeStack } from '../store/stackOutputs.ts';
import { Tally } from '../store/tally.ts';
import { type CommandContext, INTERRUPTED } from './command.ts';
import { readOptions } from './options.ts';
import { withProgress } from './progress.ts';
import { planOf, seedStack } from './seedStack.ts';

/**
 * `make seed`: what the environment asks for is checked, the stack is found, and only then is anything written.
 * @returns 0 when the set is what was asked for, 130 when it was interrupted.
 */
export async function seedCommand(context: CommandContext): Promise<number> {
  const { environment, out, err, signal } = context;
  const now = new Date();
  const options = readOptions(environment);
  const asked = planOf(options, now);
  applyLocalEndpoint(environment);
  const { names, region } = await describeStack(options.stack);
  const database = { client: documentClient({ region }), names };
  const plan = { ...asked, region };
  const report = { put: new Tally(), removed: new Tally() };
  const sayPut = () =>
    `${report.put.of('channels')} of ${plan.count} channels written, ${report.put.total} rows` +
    (report.removed.total === 0 ? '' : `, ${report.removed.total} old rows removed`);
  try {
    await withProgress(context, sayPut, () =>
      seedStack(database, plan, newRun(plan.set, now, randomUUID()), report, { signal }),
    );
  } catch (error) {
    if (report.put.total > 0) err(`not complete: ${sayPut()}. Run it again to complete the set.`);
    throw error;
  } finally {
    database.client.destroy();
  }
  if (signal.aborted) {
    err(`interrupted: ${sayPut()}. Run it again to complete the set.`);
    return INTERRUPTED;
  }
  out(`${options.stack} has ${plan.count} channels of the set SEED=${plan.set}:`);
  for (const [table, rows] of report.put.entries()) out(`  ${table.padEnd(14)} ${rows}`);
  if (report.removed.total > 0) out(`${report.removed.total} rows of earlier runs were removed.`);
  return 0;
}
