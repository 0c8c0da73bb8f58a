import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../local/dynamo/engine.ts';
import { printTable } from './support/report.ts';

// How long `make local` takes to answer and to seed, and how much memory it and its child processes use.
const LIMIT_MS = 60_000;

async function main(): Promise<void> {
  const [port, awsPort] = [await freePort(), await freePort()];
  const from = performance.now();
  const since = () => Math.round(performance.now() - from);
  const env = { ...process.env, PORT: String(port), AWS_PORT: String(awsPort) };
  const local = spawn('make', ['--no-print-directory', 'local'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  try {
    const url = `http://127.0.0.1:${port}/v1`;
    await until(async () => (await fetch(`${url}/health`)).ok);
    const answered = since();
    const seeded = async () => {
      const answer = await fetch(`${url}/channels?isLive=true&limit=49`);
      const { items } = (await answer.json()) as { items: unknown[] };
      return items.length === 49;
    };
    await until(seeded);
    const rows = [
      ['measurement', 'value'],
      ['first answer after, ms', answered],
      ['50 channels seeded after, ms', since()],
      ['memory of all processes, MB', Math.round(memory(local.pid ?? 0))],
    ];
    printTable('Local mode: start of make local', rows);
  } finally {
    await end(local);
  }
}

async function until(done: () => Promise<boolean>): Promise<void> {
  const limit = performance.now() + LIMIT_MS;
  while (!(await done().catch(() => false))) {
    if (performance.now() > limit)
      throw new Error(`local mode did not start and seed within ${LIMIT_MS / 1000} s`);
    await sleep(10);
  }
}

/** Returns the resident memory of a process and its descendants in MB. */
function memory(root: number): number {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid=,rss='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map(line => line.trim().split(/\s+/).map(Number));
  const family = new Set([root]);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const [pid = 0, parent = 0] of rows) if (family.has(parent)) family.add(pid);
  }
  const sizes = rows.filter(([pid = 0]) => family.has(pid)).map(([, , kilobytes = 0]) => kilobytes);
  return sizes.reduce((sum, kilobytes) => sum + kilobytes, 0) / 1024;
}

/** Stops `make` and its child processes in the same way as Ctrl-C in a terminal. */
async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  const exited = new Promise(resolve => child.once('exit', resolve));
  process.kill(-child.pid, 'SIGINT');
  await exited;
}

await main();
