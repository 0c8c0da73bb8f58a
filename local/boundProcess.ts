import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { Writable } from 'node:stream';

/**
 * Waits until file descriptor 3 ends, and kills the process that the shell becomes with `exec`, whose id is `$$`. The
 * kernel closes the other end of the pipe when this process ends, however it ends: SIGKILL runs no handler of ours. A
 * line in the pipe says that the child has ended, so that its id, which may be another process's by then, is not killed.
 */
const WATCHED = '{ read -r _ <&3 || kill -KILL $$; } >/dev/null 2>&1 & exec "$@" 3<&-';

/**
 * Spawns `command` so that it does not outlive this process: a shell of its own, which costs a megabyte, watches a pipe.
 * `pid` and the exit are those of the command. Linux and macOS.
 */
export function spawnBound(
  command: string,
  args: readonly string[],
  options: Omit<SpawnOptions, 'stdio' | 'shell'> & { readonly stdout: 'ignore' | 'pipe' },
): ChildProcess {
  const { stdout, ...rest } = options;
  const child = spawn('/bin/sh', ['-c', WATCHED, 'sh', command, ...args], {
    ...rest,
    stdio: ['ignore', stdout, 'pipe', 'pipe'],
  });
  const pipe = child.stdio[3];
  child.once('exit', () => {
    // The watcher may be gone as well, killed with its group.
    if (pipe instanceof Writable) pipe.once('error', () => {}).end('\n');
  });
  return child;
}
