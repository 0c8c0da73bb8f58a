import { targetStack } from '../model/localEndpoint.ts';
import { outputKeys, tableOutputKey, WEB_APP_URL_KEY } from '../model/outputs.ts';
import { tableNames } from '../model/tables.ts';
import { describeStack } from '../store/stackOutputs.ts';
import type { Command } from './command.ts';

/** `make outputs`: prints the URLs and names of the stack's resources, one `Key value` pair per line. */
export const outputsCommand: Command = async ({ environment, out }) => {
  const stack = await describeStack(targetStack(environment));
  const lines = [
    ...(stack.webAppUrl === undefined ? [] : [[WEB_APP_URL_KEY, stack.webAppUrl]]),
    [outputKeys.apiUrl, stack.apiUrl],
    [outputKeys.region, stack.region],
    [outputKeys.chatEndpoint, stack.chatEndpoint],
    [outputKeys.recordingsUrl, stack.recordingsUrl],
    [outputKeys.recordingConfiguration, stack.recordingConfigurationArn],
    [outputKeys.eventDeadLetters, stack.deadLetters.events],
    [outputKeys.chatDeadLetters, stack.deadLetters.chat],
    ...tableNames.map(name => [tableOutputKey(name), stack.names[name]]),
  ];
  for (const [key = '', value] of lines) out(`${key.padEnd(28)} ${value}`);
  return 0;
};
