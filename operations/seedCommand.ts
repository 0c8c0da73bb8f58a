import { randomInt } from 'node:crypto';
import { targetStack } from '../model/localEndpoint.ts';
import { readFlag } from '../model/variables.ts';
import { MAX_SET, readOptions } from '../seed/options.ts';
import { planOf, type RenamedChannel, seedStack, startSet } from '../seed/seedStack.ts';
import { documentClient } from '../store/database.ts';
import { describeStack } from '../store/stackOutputs.ts';
import { Tally } from '../store/tally.ts';
import { type CommandContext, commandLine, INTERRUPTED, withProgress } from './command.ts';

/**
 * `make seed`: checks the environment variables, finds the stack, prints the number of the set, and then
 * writes the rows. Without `SEED` it adds a new set and leaves the stack's other rows unchanged.
 *
 * @returns 0 when the set is complete, 130 when the command was interrupted
 */
export async function seedCommand(context: CommandContext): Promise<number> {
  const { environment, out, err, signal } = context;
  const options = readOptions(environment);
  const requested = planOf(options, new Date());
  const stack = targetStack(environment);
  const { names, region, apiUrl } = await describeStack(stack);
  const localUrl = readFlag(environment, 'LOCAL') ? apiUrl : undefined;
  const database = { client: documentClient({ region }), names };
  const report = { put: new Tally(), removed: new Tally() };
  let set = options.set;
  const announce = (number: number) => {
    set = number;
    out(`SEED=${number}: seeding ${requested.count} channels into ${stack}`);
  };
  const say = () =>
    `${report.put.of('channels')} of ${requested.count} channels written, ${report.put.total} rows` +
    (report.removed.total === 0 ? '' : `, ${report.removed.total} old rows removed`);
  const complete = () =>
    `Complete the set with: ${commandLine('seed', { ...environment, SEED: String(set) }, seedVariables)}`;
  try {
    const choice = { set, draw: () => randomInt(1, MAX_SET), announce };
    const started = await startSet(database, { ...requested, region, localUrl }, choice, { signal });
    const renamed = await withProgress(context, say, () => seedStack(database, started, report, { signal }));
    for (const line of renamedLines(renamed, stack)) err(line);
  } catch (error) {
    err(`not complete: ${say()}. ${complete()}`);
    throw error;
  } finally {
    database.client.destroy();
  }
  if (signal.aborted) {
    err(`interrupted: ${say()}. ${complete()}`);
    return INTERRUPTED;
  }
  out(`${stack} has the set SEED=${set} with ${requested.count} channels. Rows written:`);
  for (const [table, rows] of report.put.entries()) out(`  ${table.padEnd(18)} ${String(rows).padStart(9)}`);
  if (report.removed.total > 0) out(`${report.removed.total} rows of earlier runs of this set were deleted.`);
  return 0;
}

const seedVariables = ['SEED', 'SEED_COUNT', 'OFFLINE_SESSION_COUNT', 'PAST_STREAMS', 'JSON'] as const;

/** At most this many renamed channels are listed. The others are counted. */
const SHOWN = 5;

function renamedLines(renamed: readonly RenamedChannel[], stack: string): string[] {
  const lines = renamed
    .slice(0, SHOWN)
    .map(
      ({ index, username, newUsername }) =>
        `JSON: channels[${index}].username: ${username} is already taken on ${stack}, so this channel is named ${newUsername}`,
    );
  const more = renamed.length - lines.length;
  return more === 0
    ? lines
    : [...lines, `JSON: ${more} more channels were renamed, because their names are already taken`];
}
