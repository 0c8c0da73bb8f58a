import { applyLocalEndpoint, PortError } from '../model/localEndpoint.ts';
import { outputKeys, tableOutputKey } from '../model/outputs.ts';
import { stackNameOf } from '../model/stackName.ts';
import { tableNames } from '../model/tables.ts';
import { describeStack, StackError } from '../store/stackOutputs.ts';

/** `make outputs`: what the stack's resources are called, one a line as `Key value`. */
async function main(): Promise<void> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  applyLocalEndpoint(process.env);
  const stack = await describeStack(stackNameOf(process.env));
  const lines = [
    [outputKeys.apiUrl, stack.apiUrl],
    [outputKeys.region, stack.region],
    [outputKeys.chatEndpoint, stack.chatEndpoint],
    [outputKeys.recordingsUrl, stack.recordingsUrl],
    [outputKeys.recordingConfiguration, stack.recordingConfigurationArn],
    [outputKeys.eventDeadLetters, stack.deadLetters.events],
    [outputKeys.chatDeadLetters, stack.deadLetters.chat],
    ...tableNames.map(name => [tableOutputKey(name), stack.names[name]]),
  ];
  console.log(lines.map(([key = '', value]) => `${key.padEnd(28)} ${value}`).join('\n'));
}

main().catch(error => {
  console.error(error instanceof StackError || error instanceof PortError ? error.message : error);
  process.exitCode = 1;
});
