import { execFile } from 'node:child_process';

export interface Outcome {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly timeoutMs: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command at the project's root, with nothing of this process's environment but the PATH. */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<Outcome> {
  const env = { PATH: process.env['PATH'] ?? '', ...options.env };
  return new Promise((resolve, reject) => {
    execFile(command, [...args], { env, timeout: options.timeoutMs }, (error, stdout, stderr) => {
      if (error === null) return resolve({ code: 0, stdout, stderr });
      // A command that could not be started, or that took too long, has no exit code.
      if (typeof error.code !== 'number') return reject(error);
      resolve({ code: error.code, stdout, stderr });
    });
  });
}
