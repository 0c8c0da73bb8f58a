import { targetStack } from '../model/localEndpoint.ts';
import { readSet } from '../seed/options.ts';
import { documentClient } from '../store/database.ts';
import { removeAllSeedRows, removeSet } from '../store/removeSeedRows.ts';
import { describeStack } from '../store/stackOutputs.ts';
import { Tally } from '../store/tally.ts';
import { type CommandContext, commandLine, INTERRUPTED, withProgress } from './command.ts';

/**
 * `make deleteSeed`: deletes every seeded row and nothing else. With `SEED`, it deletes only that set.
 *
 * @returns 0 when the index has no such row left, 130 when the command was interrupted
 */
export async function deleteSeedCommand(context: CommandContext): Promise<number> {
  const { environment, out, err, signal } = context;
  const set = readSet(environment);
  const stack = targetStack(environment);
  const { names, region } = await describeStack(stack);
  const database = { client: documentClient({ region }), names };
  const deleted = new Tally();
  const say = () => `${deleted.total} seeded rows deleted`;
  const resumeHint = () => `Delete the rest with: ${commandLine('deleteSeed', environment, ['SEED'])}`;
  try {
    await withProgress(context, say, () =>
      set === undefined
        ? removeAllSeedRows(database, deleted, { signal })
        : removeSet(database, set, deleted, { signal }),
    );
  } catch (error) {
    if (deleted.total > 0) err(`not complete: ${say()}. ${resumeHint()}`);
    throw error;
  } finally {
    database.client.destroy();
  }
  if (signal.aborted) {
    err(`interrupted: ${say()}. ${resumeHint()}`);
    return INTERRUPTED;
  }
  const what = set === undefined ? 'seeded rows' : `rows of the set SEED=${set}`;
  out(
    deleted.total === 0
      ? `${stack} has no ${what}.`
      : `${stack} no longer has ${what}. Rows deleted: ${deleted.total}`,
  );
  for (const [table, rows] of deleted.entries()) out(`  ${table.padEnd(18)} ${String(rows).padStart(9)}`);
  return 0;
}
