import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { CommandError } from '../../model/variables.ts';
import { spawnChild } from '../spawnChild.ts';

/** A running DynamoDB engine. */
export interface Engine {
  readonly endpoint: string;
  readonly pid: number;
  /** Resolves when the engine has ended without `stop`, with its exit code or signal. */
  readonly lost: Promise<string>;
  /** Stops the engine and waits for its end. Data in memory is lost. */
  stop(): Promise<void>;
}

export interface EngineOptions {
  /** The file that stores the data. Without it, the data is in memory. */
  readonly file?: string | undefined;
}

/** The loopback address of all local servers. */
export const LOOPBACK = '127.0.0.1';

const START_ATTEMPTS = 5;
const START_TIMEOUT_MS = 10_000;

/**
 * Returns the path of the Dynoxide binary: from the npm package for this platform, or from the PATH.
 * @throws CommandError that says what to install
 */
function engineBinary(environment: NodeJS.ProcessEnv = process.env): string {
  const name = process.platform === 'win32' ? 'dynoxide.exe' : 'dynoxide';
  const wanted = `@dynoxide/${process.platform}-${process.arch}`;
  try {
    const manifest = createRequire(join(process.cwd(), 'package.json')).resolve(`${wanted}/package.json`);
    const binary = join(manifest, '..', name);
    if (existsSync(binary)) return binary;
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'MODULE_NOT_FOUND') throw error;
  }
  const onPath = (environment['PATH'] ?? '').split(delimiter).map(folder => join(folder, name));
  const found = onPath.find(candidate => existsSync(candidate));
  if (found !== undefined) return found;
  throw new CommandError(
    `no DynamoDB engine for ${process.platform}-${process.arch}: install the npm package ${wanted}, ` +
      'put a dynoxide binary on the PATH, or set DYNAMODB_ENDPOINT to a running engine (for example DynamoDB Local)',
  );
}

/** Returns a free TCP port on loopback. Another process can take it before it is used. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, LOOPBACK, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** Starts an engine on a free port of loopback and waits until it answers. */
export async function startEngine(options: EngineOptions = {}): Promise<Engine> {
  const binary = engineBinary();
  let reason: unknown;
  // Another process can take the free port before the engine does.
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt++) {
    try {
      return await startOn(binary, await freePort(), options);
    } catch (error) {
      reason = error;
    }
  }
  const message = reason instanceof Error ? reason.message : String(reason);
  throw new CommandError(`the DynamoDB engine did not start: ${message.trim()}`, { cause: reason });
}

async function startOn(binary: string, port: number, { file }: EngineOptions): Promise<Engine> {
  const args = [
    'serve',
    '--host',
    LOOPBACK,
    '--port',
    String(port),
    ...(file === undefined ? [] : ['--db-path', file]),
  ];
  // The engine has its own process group. Ctrl-C ends every process of the terminal's group, but the engine
  // must answer until this process has finished its work.
  const child = spawnChild(binary, args, { stdout: 'pipe', detached: true });
  let stopping = false;
  const stop = () => {
    stopping = true;
    return end(child);
  };
  try {
    await listening(child);
  } catch (error) {
    await stop();
    throw error;
  }
  const lost = new Promise<string>(resolve => {
    child.once('exit', (code, signal) => {
      if (!stopping) resolve(signal === null ? `exit code ${code}` : `signal ${signal}`);
    });
  });
  return { endpoint: `http://${LOOPBACK}:${port}`, pid: child.pid ?? 0, lost, stop };
}

function listening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(
      () => reject(new Error(`no answer after ${START_TIMEOUT_MS} ms: ${output}`)),
      START_TIMEOUT_MS,
    );
    const finish = (action: () => void) => {
      clearTimeout(timer);
      action();
    };
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('listening on')) finish(resolve);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', error => finish(() => reject(error)));
    child.once('exit', code => finish(() => reject(new Error(`exited with ${code}: ${output}`))));
  });
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise(resolve => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), 2_000).unref();
  });
}
