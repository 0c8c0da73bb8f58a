import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { codeAndSettings, writtenOnce } from '../support/writtenOnce.ts';
import { eventually } from './eventually.ts';

let folder: string | undefined;

/**
 * The Node arguments that start a script of the project from a bundle, which is written once for all tests.
 * Processes that the script starts use the bundle too. Starting with tsx, as make does, takes two more
 * seconds of CPU time.
 */
export function commandLine(script: string, ...words: readonly string[]): string[] {
  folder ??= writtenOnce({
    name: 'commands',
    script: 'test/e2e/writeCommands.ts',
    sources: [...codeAndSettings(), 'test/e2e/writeCommands.ts'],
  });
  return ['--import', resolve(folder, 'start.mjs'), script, ...words];
}

/** What the tests have started, also those that failed. */
const running = new Set<ChildProcess>();

/** A command of the project in its own process, without the AWS variables of this process. */
export function run(script: string, environment: Record<string, string> = {}, ...words: string[]) {
  const clean = Object.entries(process.env).filter(([name]) => !/^(AWS_|LOCAL$|STACK$|STAGE$)/.test(name));
  const child = spawn(process.execPath, commandLine(script, ...words), {
    env: { ...Object.fromEntries(clean), HOME: '/nonexistent', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', chunk => {
      output += String(chunk);
    });
  }
  running.add(child);
  const exit = new Promise<number | null>(ended =>
    child.once('close', code => {
      running.delete(child);
      ended(code);
    }),
  );
  return { child, exit, output: () => output };
}

/** Runs a command to its end. */
export async function finish(script: string, environment: Record<string, string>, ...words: string[]) {
  const { exit, output } = run(script, environment, ...words);
  return { code: await exit, output: output().trim() };
}

/** Starts `make local` on free ports and waits for the lines that say what to try next. */
export async function startMakeLocal(environment: Record<string, string> = {}) {
  const local = run('local/main.ts', {
    PORT: '0',
    AWS_PORT: '0',
    PAST_STREAMS: '0',
    SIMULATION: '0',
    ...environment,
  });
  await eventually(
    async () => local.output(),
    output => output.includes('Ctrl-C ends everything') || local.child.exitCode !== null,
  );
  const [, apiUrl, awsUrl] = /answers at (\S+) \(AWS: (\S+)\)/.exec(local.output()) ?? [];
  if (apiUrl === undefined || awsUrl === undefined) throw new Error(local.output());
  return { ...local, apiUrl, awsUrl };
}

/** Stops everything that was started, in order. */
export function endCommands(): void {
  for (const child of running) child.kill('SIGTERM');
}
