import { targetStack } from '../model/localEndpoint.ts';
import { readSet } from '../seed/options.ts';
import { documentClient } from '../store/database.ts';
import { removeAllSeedRows, removeSet } from '../store/removeSeedRows.ts';
import { describeStack } from '../store/stackOutputs.ts';
import { Tally } from '../store/tally.ts';
import { type CommandContext, commandLine, INTERRUPTED, withProgress } from './command.ts';

/**
 * `make deleteSeed`: deletes every seeded row, or with `SEED` those of one set, and nothing else, until the index names
 * none.
 *
 * @returns 0 when none is left, 130 when it was interrupted.
 */
export async function deleteSeedCommand(context: CommandContext): Promise<number> {
  const { environment, out, err, signal } = context;
  const set = readSet(environment);
  const stack = targetStack(environment);
  const { names, region } = await describeStack(stack);
  const database = { client: documentClient({ region }), names };
  const deleted = new Tally();
  const say = () => `${deleted.total} seeded rows deleted`;
  const goOn = () => `Delete the rest with: ${commandLine('deleteSeed', environment, ['SEED'])}`;
  try {
    await withProgress(context, say, () =>
      set === undefined
        ? removeAllSeedRows(database, deleted, { signal })
        : removeSet(database, set, deleted, { signal }),
    );
  } catch (error) {
    if (deleted.total > 0) err(`not complete: ${say()}. ${goOn()}`);
    throw error;
  } finally {
    database.client.destroy();
  }
  if (signal.aborted) {
    err(`interrupted: ${say()}. ${goOn()}`);
    return INTERRUPTED;
  }
  const what = set === undefined ? 'seeded rows' : `rows of the set SEED=${set}`;
  out(
    deleted.total === 0
      ? `${stack} has no ${what}.`
      : `${stack} has no ${what} any more. Rows deleted: ${deleted.total}`,
  );
  for (const [table, rows] of deleted.entries()) out(`  ${table.padEnd(18)} ${String(rows).padStart(9)}`);
  return 0;
}
