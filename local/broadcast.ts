import { applyLocalEndpoint } from '../model/localEndpoint.ts';
import { VariableError } from '../model/variables.ts';
import { StackError } from '../store/stackOutputs.ts';
import { BroadcastError, readBroadcastSettings } from './broadcastSettings.ts';
import { playBroadcast } from './playBroadcast.ts';

// `make broadcast CHANNEL=<username>`: plays a broadcast to the local stack, and only to that.
async function main(): Promise<void> {
  const settings = readBroadcastSettings(process.env);
  Object.assign(process.env, { LOCAL: '1', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
  applyLocalEndpoint(process.env);
  await playBroadcast(settings, process.env['AWS_ENDPOINT_URL'] ?? '', line => console.log(line));
}

main().catch(error => {
  const isExpected = [BroadcastError, StackError, VariableError].some(type => error instanceof type);
  console.error(isExpected ? error.message : error);
  process.exitCode = 1;
});
