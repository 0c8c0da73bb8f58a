import { applyLocalEndpoint } from '../model/localEndpoint.ts';
import { stackNameOf } from '../model/stackName.ts';
import { documentClient } from '../store/database.ts';
import { removeAllSeedRows } from '../store/removeSeedRows.ts';
import { describeStack } from '../store/stackOutputs.ts';
import { Tally } from '../store/tally.ts';
import { type CommandContext, INTERRUPTED } from './command.ts';
import { withProgress } from './progress.ts';

/**
 * `make deleteSeed`: deletes every seeded row of every set, and nothing else, until the index names none.
 * @returns 0 when none is left, 130 when it was interrupted.
 */
export async function deleteSeedCommand(context: CommandContext): Promise<number> {
  const { environment, out, err, signal } = context;
  const stack = stackNameOf(environment);
  applyLocalEndpoint(environment);
  const { names, region } = await describeStack(stack);
  const database = { client: documentClient({ region }), names };
  const deleted = new Tally();
  const say = () => `${deleted.total} seeded rows deleted`;
  try {
    await withProgress(context, say, () => removeAllSeedRows(database, deleted, { signal }));
  } catch (error) {
    if (deleted.total > 0) err(`not complete: ${say()}. Run it again to delete the rest.`);
    throw error;
  } finally {
    database.client.destroy();
  }
  if (signal.aborted) {
    err(`interrupted: ${say()}. Run it again to delete the rest.`);
    return INTERRUPTED;
  }
  out(
    deleted.total === 0 ? `${stack} has no seeded rows.` : `${stack} has no seeded rows any more. Deleted:`,
  );
  for (const [table, rows] of deleted.entries()) out(`  ${table.padEnd(14)} ${rows}`);
  return 0;
}
