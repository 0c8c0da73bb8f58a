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

/** Runs a command in the project's root folder, with PATH as the only environment variable of this process. */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<Outcome> {
  const env = { PATH: process.env['PATH'] ?? '', ...options.env };
  return new Promise((resolve, reject) => {
    execFile(command, [...args], { env, timeout: options.timeoutMs }, (error, stdout, stderr) => {
      if (error === null) return resolve({ code: 0, stdout, stderr });
      // A command that did not start or exceeded the time limit has no exit code.
      if (typeof error.code !== 'number') return reject(error);
      resolve({ code: error.code, stdout, stderr });
    });
  });
}
