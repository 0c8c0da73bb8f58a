import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { targetStack } from '../model/localEndpoint.ts';
import { CommandError, readFlag, readRequired } from '../model/variables.ts';
import { describeStack } from '../store/stackOutputs.ts';
import { cloudFormation } from './cloudFormation.ts';
import type { Command } from './command.ts';
import { checkFunctionName, logGroupOf } from './logGroup.ts';
import { parseSpan, writeLogLines } from './logLines.ts';

/**
 * `make logs`: prints the log of one function. `SINCE` sets how far back it starts, `FILTER` selects lines,
 * and `FOLLOW=1` waits for new lines.
 */
export const logsCommand: Command = async ({ environment, out, err, signal }) => {
  if (readFlag(environment, 'LOCAL'))
    throw new CommandError(
      'LOCAL=1: make logs reads CloudWatch only. The local stack logs to the terminal of make local.',
    );
  const name = checkFunctionName(
    readRequired(environment, 'FN', 'the name of a function', 'make logs FN=postStreamEvents'),
  );
  const since = environment['SINCE'] || '10m';
  const from = Date.now() - parseSpan(since);
  const follow = readFlag(environment, 'FOLLOW');
  const stack = targetStack(environment);
  const { region } = await describeStack(stack);
  const deployed = cloudFormation();
  const logicalId = logGroupOf(await deployed.template(stack), name);
  if (logicalId === undefined)
    throw new CommandError(`FN: ${stack} has no Lambda function ${name}, so it has no log group to read`);
  const logGroupName = await deployed.physicalId(stack, logicalId);
  const client = new CloudWatchLogsClient({ region });
  try {
    const filterPattern = environment['FILTER'] || undefined;
    const count = await writeLogLines(client, { logGroupName, filterPattern, from }, out, { follow, signal });
    if (count === 0)
      err(`${name} has no log lines${filterPattern ? ' that match FILTER' : ''} in the last ${since}`);
    return 0;
  } finally {
    client.destroy();
  }
};
