import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { Writable } from 'node:stream';

/**
 * A shell script that becomes the command (`exec`, so `$$` is the command's process id) and leaves a watcher
 * behind. The watcher reads a pipe from this process at file descriptor 3. When this process ends, even by
 * SIGKILL, the kernel closes the pipe, and the watcher kills the command. A line in the pipe tells the
 * watcher that the command has ended: it must not kill another process that was given the same id.
 */
const SCRIPT = '{ read -r _ <&3 || kill -KILL $$; } >/dev/null 2>&1 & exec "$@" 3<&-';

/**
 * Spawns `command` and ends it when this process ends. The child process's `pid` and exit code are those of
 * the command. The watcher needs about one megabyte. Works on Linux and macOS.
 */
export function spawnChild(
  command: string,
  args: readonly string[],
  options: Omit<SpawnOptions, 'stdio' | 'shell'> & { readonly stdout: 'ignore' | 'pipe' },
): ChildProcess {
  const { stdout, ...rest } = options;
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'sh', command, ...args], {
    ...rest,
    stdio: ['ignore', stdout, 'pipe', 'pipe'],
  });
  const pipe = child.stdio[3];
  child.once('exit', () => {
    // Writing fails when the watcher was killed together with the command's process group.
    if (pipe instanceof Writable) pipe.once('error', () => {}).end('\n');
  });
  return child;
}
