import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEngine } from '../../local/dynamo/engine.ts';
import { startFaultProxy } from '../../test/support/faultProxy.ts';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;

/** The resources that the server uses. */
export interface ResourceUsage {
  readonly rssMb: number;
  /** The number of open files and sockets; undefined except on Linux. */
  readonly handles: number | undefined;
}

/** `make local` in its own process and on free ports, with an engine whose requests are counted. */
export interface ServerUnderTest {
  readonly apiUrl: string;
  readonly awsUrl: string;
  /** The environment variables for commands that use the server. */
  readonly environment: NodeJS.ProcessEnv;
  resourceUsage(): ResourceUsage;
  databaseRequests(): number;
  isRunning(): boolean;
  /** Stops the server in the same way as Ctrl-C. Returns a message for everything that is left over. */
  stop(): Promise<string[]>;
}

export async function startServer(): Promise<ServerUnderTest> {
  const engine = await startEngine();
  const counter = await startFaultProxy(engine.endpoint);
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(AWS_|LOCAL$|STACK$|STAGE$|DB$)/.test(name)),
  );
  const child = spawn(process.execPath, ['--import', 'tsx', 'local/main.ts'], {
    env: { ...clean, PORT: '0', AWS_PORT: '0', SEED_COUNT: '30', DYNAMODB_ENDPOINT: counter.endpoint },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // The output must be read, because the server would block at a full pipe. Only its end is stored.
  let output = '';
  let isReady = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', chunk => {
      output = `${output}${String(chunk)}`.slice(isReady ? -10_000 : 0);
    });
  }
  const endAll = async () => {
    await counter.stop();
    await engine.stop();
  };
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!output.includes('Ctrl-C ends everything')) {
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill('SIGKILL');
      await endAll();
      throw new Error(`the local server did not start: ${output}`);
    }
    await sleep(50);
  }
  isReady = true;
  const [, apiUrl = '', awsUrl = ''] = /answers at (\S+) \(AWS: (\S+)\)/.exec(output) ?? [];
  const pid = child.pid ?? 0;
  return {
    apiUrl,
    awsUrl,
    environment: { ...clean, LOCAL: '1', AWS_PORT: new URL(awsUrl).port },
    resourceUsage: () => resourceUsage(pid),
    databaseRequests: counter.total,
    isRunning: () => child.exitCode === null,
    stop: async () => {
      const children = childrenOf(pid);
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const hasEnded = await Promise.race([
        ended.then(() => true),
        sleep(STOP_TIMEOUT_MS, false, { ref: false }),
      ]);
      if (!hasEnded) child.kill('SIGKILL');
      await ended;
      const ports = [apiUrl, awsUrl];
      const left = [
        ...(hasEnded ? [] : [`the server did not stop within ${STOP_TIMEOUT_MS / 1000} s`]),
        ...(child.exitCode === 0 || !hasEnded
          ? []
          : [`the server ended with exit code ${child.exitCode}: ${output.slice(-500)}`]),
        ...children.filter(isRunning).map(one => `the child process ${one} is still running`),
        ...(
          await Promise.all(ports.map(async url => ((await answers(url)) ? [`${url} still answers`] : [])))
        ).flat(),
      ];
      await endAll();
      return left;
    },
  };
}

function resourceUsage(pid: number): ResourceUsage {
  const kilobytes = Number(spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).stdout);
  return { rssMb: kilobytes / 1024, handles: handlesOf(pid) };
}

function handlesOf(pid: number): number | undefined {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    // Only Linux has /proc.
    return undefined;
  }
}

function childrenOf(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' });
  const rows = stdout
    .trim()
    .split('\n')
    .map(line => line.trim().split(/\s+/).map(Number));
  return rows.flatMap(([child, parent]) => (child !== undefined && parent === pid ? [child] : []));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url);
    return true;
  } catch {
    return false;
  }
}
