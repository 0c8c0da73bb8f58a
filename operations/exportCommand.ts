import { applyLocalEndpoint } from '../model/localEndpoint.ts';
import { stackNameOf } from '../model/stackName.ts';
import { tableNames } from '../model/tables.ts';
import { INTERRUPTED } from '../seed/command.ts';
import { withProgress } from '../seed/progress.ts';
import { documentClient } from '../store/database.ts';
import { describeStack } from '../store/stackOutputs.ts';
import { Tally } from '../store/tally.ts';
import { exportStack } from './exportStack.ts';
import { MANIFEST } from './manifest.ts';
import { given, operation } from './operation.ts';

/** `make export`: every row of every table, as JSON lines, in the folder `OUT`. */
export const exportCommand = operation(async context => {
  const { environment, out, err, signal } = context;
  const folder = given(environment, 'OUT', 'a folder to write to, as make export OUT=backup');
  const stack = stackNameOf(environment);
  applyLocalEndpoint(environment);
  const { names, region } = await describeStack(stack);
  const database = { client: documentClient({ region }), names };
  const tally = new Tally();
  try {
    const say = () => `${tally.total} rows written`;
    const manifest = await withProgress(context, say, () =>
      exportStack(database, { stack, folder, now: new Date(), tally, signal }),
    );
    if (manifest === undefined) {
      err(`interrupted: ${say()}, and no ${MANIFEST}: ${folder} is not a whole export. Delete it.`);
      return INTERRUPTED;
    }
    out(`${stack}: ${tally.total} rows in ${folder}, at schema version ${manifest.schemaVersion}:`);
    for (const name of tableNames) {
      const { rows, rowsDigest } = manifest.tables[name];
      out(`  ${name.padEnd(18)} ${String(rows).padStart(9)}  ${rowsDigest.slice(0, 16)}`);
    }
    err('The files hold password hashes and stream keys: keep them as you keep those.');
    return 0;
  } finally {
    database.client.destroy();
  }
});
