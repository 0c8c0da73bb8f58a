import { targetStack } from '../model/localEndpoint.ts';
import { readRequired } from '../model/variables.ts';
import { documentClient } from '../store/database.ts';
import { describeStack } from '../store/stackOutputs.ts';
import { Tally } from '../store/tally.ts';
import { type Command, INTERRUPTED, withProgress } from './command.ts';
import { exportStack } from './exportStack.ts';
import { MANIFEST } from './manifest.ts';

/** `make export`: writes every row of every table, as JSON lines, to the folder `OUT`. */
export const exportCommand: Command = async context => {
  const { environment, out, err, signal } = context;
  const folder = readRequired(environment, 'OUT', 'a new folder to write to', 'make export OUT=backup');
  const stack = targetStack(environment);
  const { names, region } = await describeStack(stack);
  const database = { client: documentClient({ region }), names };
  const tally = new Tally();
  try {
    const say = () => `${tally.total} rows written`;
    const manifest = await withProgress(context, say, () =>
      exportStack(database, { stack, folder, now: new Date(), tally, signal }),
    );
    if (manifest === undefined) {
      err(`interrupted: ${say()}. ${folder} has no ${MANIFEST}, so it is not a complete export: delete it.`);
      return INTERRUPTED;
    }
    out(`${stack}: ${tally.total} rows in ${folder}, at schema version ${manifest.schemaVersion}:`);
    for (const [name, { rows, rowsDigest }] of Object.entries(manifest.tables)) {
      out(`  ${name.padEnd(18)} ${String(rows).padStart(9)}  ${rowsDigest.slice(0, 16)}`);
    }
    err('The files contain password hashes and stream keys: store them as secrets.');
    return 0;
  } finally {
    database.client.destroy();
  }
};
