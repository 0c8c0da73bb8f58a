import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline/promises';
import { ivsClients, userResources } from '../ivs/userResources.ts';
import { targetStack } from '../model/localEndpoint.ts';
import { readFlag } from '../model/variables.ts';
import { cloudFormation } from './cloudFormation.ts';
import { type Command, INTERRUPTED } from './command.ts';
import { type DestroyResult, destroyStack } from './destroyStack.ts';

const exitCodes: Readonly<Record<DestroyResult, number>> = {
  nothing: 0,
  destroyed: 0,
  refused: 1,
  left: 1,
  interrupted: INTERRUPTED,
};

/** `make destroy`: deletes the stack and the channels, rooms and stages of its users. */
export const destroyCommand: Command = async ({ environment, out, err, signal }) => {
  const force = readFlag(environment, 'FORCE');
  const isLocal = readFlag(environment, 'LOCAL');
  const stack = targetStack(environment);
  const clients = ivsClients();
  const deployment = {
    cloudFormation: cloudFormation(),
    retainsData: environment['STAGE'] === 'prod',
    delete: () => cdkDestroy(stack),
  };
  try {
    const result = await destroyStack({
      stack,
      resources: userResources(clients, { stackName: stack, clock: () => new Date() }),
      deployment: isLocal ? undefined : deployment,
      force,
      confirm: () => confirm(`Type ${stack} to delete it:`, stack, signal),
      say: err,
      signal,
    });
    const messages = {
      nothing: `${stack}: there is nothing to destroy`,
      destroyed: isLocal
        ? `${stack}: its channels, rooms and stages at IVS are deleted`
        : `${stack} is destroyed`,
      refused: `${stack}: nothing was deleted. Type the name of the stack at a terminal, or set FORCE=1.`,
      left: `${stack}: not everything was deleted. Run make destroy again to continue.`,
      interrupted: `${stack}: interrupted. Run make destroy again to continue.`,
    };
    (exitCodes[result] === 0 ? out : err)(messages[result]);
    return exitCodes[result];
  } finally {
    for (const client of [clients.ivs, clients.chat, clients.realTime]) client.destroy();
  }
};

/** Runs `cdk destroy` without its own confirmation, because this command has asked already. */
function cdkDestroy(stack: string): Promise<boolean> {
  const cdk = spawn('npx', ['--no-install', 'cdk', 'destroy', '--force', stack], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    cdk.once('error', reject);
    cdk.once('close', code => resolve(code === 0));
  });
}

/** Asks the operator to type `word`. @returns whether they typed it; false when there is no terminal */
export async function confirm(question: string, word: string, signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question(`${question} `, { signal })).trim() === word;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  } finally {
    lines.close();
  }
}
