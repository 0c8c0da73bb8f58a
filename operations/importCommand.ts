import { targetStack } from '../model/localEndpoint.ts';
import { readFlag, readRequired } from '../model/variables.ts';
import { documentClient } from '../store/database.ts';
import { describeStack } from '../store/stackOutputs.ts';
import { Tally } from '../store/tally.ts';
import { type Command, INTERRUPTED, withProgress } from './command.ts';
import { importStack } from './importStack.ts';

/** `make import`: writes the rows of the export in the folder `IN` into the stack's empty tables. */
export const importCommand: Command = async context => {
  const { environment, out, err, signal } = context;
  const folder = readRequired(environment, 'IN', 'a folder that make export wrote', 'make import IN=backup');
  const replace = readFlag(environment, 'FORCE');
  const stack = targetStack(environment);
  const { names, region } = await describeStack(stack);
  const database = { client: documentClient({ region }), names };
  const [put, removed] = [new Tally(), new Tally()];
  const say = () => `${removed.total} rows deleted, ${put.total} written`;
  try {
    const isComplete = await withProgress(context, say, () =>
      importStack(database, { stack, folder, replace, put, removed, signal }),
    );
    if (!isComplete) {
      err(`interrupted: ${say()}. Run the same command again to continue.`);
      return INTERRUPTED;
    }
    out(`${stack} has exactly the rows of ${folder} (${say()}):`);
    for (const [table, rows] of put.entries()) out(`  ${table.padEnd(18)} ${String(rows).padStart(9)}`);
    return 0;
  } finally {
    database.client.destroy();
  }
};
