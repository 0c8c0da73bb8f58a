import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { stackNameOf } from '../model/stackName.ts';
import { describeStack } from '../store/stackOutputs.ts';
import { cloudFormation } from './cloudFormation.ts';
import { checkFunctionName, logGroupOf } from './logGroup.ts';
import { parseSpan, writeLogLines } from './logLines.ts';
import { given, isOn, OperationError, operation } from './operation.ts';

/** `make logs`: the log of one function, from `SINCE` ago on; `FILTER` chooses lines, `FOLLOW=1` goes on. */
export const logsCommand = operation(async ({ environment, out, err, signal }) => {
  if (environment['LOCAL'] === '1')
    throw new OperationError('LOCAL=1: the local stack logs to the terminal of make local');
  const name = checkFunctionName(given(environment, 'FN', 'a function, as make logs FN=postStreamEvents'));
  const since = environment['SINCE'] || '10m';
  const from = Date.now() - parseSpan(since);
  const follow = isOn(environment, 'FOLLOW');
  const stack = stackNameOf(environment);
  const { region } = await describeStack(stack);
  const deployed = cloudFormation();
  const logicalId = logGroupOf(await deployed.template(stack), name);
  if (logicalId === undefined) throw new OperationError(`${stack} does not run ${name} as a function`);
  const logGroupName = await deployed.physicalId(stack, logicalId);
  const client = new CloudWatchLogsClient({ region });
  try {
    const filterPattern = environment['FILTER'] || undefined;
    const count = await writeLogLines(client, { logGroupName, filterPattern, from }, out, { follow, signal });
    if (count === 0)
      err(`${name} has logged nothing${filterPattern ? ' like that' : ''} in the last ${since}`);
    return 0;
  } finally {
    client.destroy();
  }
});
