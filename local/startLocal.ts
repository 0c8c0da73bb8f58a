import { existsSync } from 'node:fs';
import { applyLocalEndpoint } from '../model/localEndpoint.ts';
import { CommandError } from '../model/variables.ts';
import { type AssembledStack, assemble, type LocalOptions } from './assemble.ts';
import { openTables } from './dynamo/openTables.ts';
import { openPorts } from './listen.ts';
import { physicalName } from './physicalNames.ts';

/** A running local stack. */
export interface LocalStack extends AssembledStack {
  /** Resolves with the reason when the stack can no longer run. */
  readonly lost: Promise<string>;
}

/**
 * Starts the backend in this process and the DynamoDB engine in a child process. Sets the variables of
 * `process.env` that make every AWS client created later use the local stack.
 *
 * @throws CommandError when a port is taken or the data cannot be opened. Nothing is left running then.
 */
export async function startLocal(options: LocalOptions): Promise<LocalStack> {
  const stack = await open(options);
  try {
    await stack.putCategories();
    await stack.rankChannels();
    return stack;
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

async function open(options: LocalOptions): Promise<LocalStack> {
  const { stackName, databaseFile } = options;
  const before = `${databaseFile}-ivs.json`;
  if (databaseFile !== undefined && existsSync(before)) {
    throw new CommandError(
      `${before} holds the simulated IVS of an earlier version, which this one cannot read: ` +
        `delete it and ${databaseFile}, or set DB to another file`,
    );
  }
  const ports = await openPorts([
    [options.apiPort, 'PORT'],
    [options.awsPort, 'AWS_PORT'],
  ]);
  // Set before the first AWS client is created. The local stack has no FIPS endpoints, for example.
  Object.assign(process.env, { LOCAL: '1', AWS_PORT: String(ports[1].port), AWS_REGION: options.region });
  applyLocalEndpoint(process.env);
  try {
    const tables = await openTables({ ...options, physicalName: name => physicalName(stackName, name) });
    try {
      const stack = assemble(options, ports, tables);
      return { ...stack, lost: tables.lost.then(how => `the DynamoDB engine ended (${how})`) };
    } catch (error) {
      await tables.close();
      throw error;
    }
  } catch (error) {
    await Promise.all(ports.map(port => port.close()));
    throw error;
  }
}
