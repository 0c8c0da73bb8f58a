import type { ChildProcess } from 'node:child_process';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { TableName } from '../model/tables.ts';
import { findByUsername } from '../store/channels.ts';
import { documentClient } from '../store/database.ts';
import { demoAccounts } from './demo.ts';
import { spawnChild } from './spawnChild.ts';

/** The defaults of SEED_COUNT and SEED. With a fixed set number, every empty database gets the same data. */
const SEED_COUNT = '50';
const SEED = '1';
/** The default of PAST_STREAMS. */
const PAST_STREAMS = '3';

/** V8 collects young objects at 1 MB instead of 16, which saves a quarter of the memory. */
const SMALL_HEAP = '--max-semi-space-size=1';

/** Returns whether the table has no rows, with one request. */
export async function isEmpty(tableName: string): Promise<boolean> {
  const client = documentClient();
  try {
    const { Count } = await client.send(new ScanCommand({ TableName: tableName, Limit: 1 }));
    return Count === 0;
  } finally {
    client.destroy();
  }
}

/** Returns whether the demo accounts exist. One request. */
export async function hasDemo(names: Readonly<Record<TableName, string>>): Promise<boolean> {
  const client = documentClient();
  try {
    return (await findByUsername({ client, names }, demoAccounts.creator.username)) !== undefined;
  } finally {
    client.destroy();
  }
}

export interface Seeding {
  /** Resolves when the channels and the demo accounts are complete. Past streams may still be missing. */
  readonly ready: Promise<void>;
  readonly isReady: () => boolean;
  /** Resolves when seeding has ended, with its error output when it failed. */
  readonly done: Promise<{ readonly failure?: string }>;
  stop(): void;
}

/**
 * Seeds the local stack in the same way as `LOCAL=1 make seed`, and adds the demo accounts. A child process is used so
 * that its memory is freed afterwards. `process.env` must be that of the local stack.
 */
export function seedLocal(stackName: string): Seeding {
  const env = {
    ...process.env,
    STACK: stackName,
    SEED_COUNT: process.env['SEED_COUNT'] || SEED_COUNT,
    SEED: process.env['SEED'] || SEED,
    PAST_STREAMS: process.env['PAST_STREAMS'] || PAST_STREAMS,
  };
  const args = ['--import', 'tsx', SMALL_HEAP, 'local/seedLocal.ts'];
  const child = spawnChild(process.execPath, args, { env, stdout: 'pipe' });
  let isReady = false;
  const ready = new Promise<void>(resolve => {
    child.stdout?.once('data', () => {
      isReady = true;
      resolve();
    });
  });
  return { ready, isReady: () => isReady, done: ended(child), stop: () => void child.kill('SIGTERM') };
}

function ended(child: ChildProcess): Promise<{ failure?: string }> {
  return new Promise(resolve => {
    let output = '';
    child.stderr?.on('data', chunk => {
      output += String(chunk);
    });
    child.once('error', error => resolve({ failure: error.message }));
    child.once('close', code => resolve(code === 0 ? {} : { failure: output.trim() || `exit code ${code}` }));
  });
}
