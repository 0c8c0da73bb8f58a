import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEngine } from '../../local/dynamo/engine.ts';
import { startFaultProxy } from '../../test/support/faultProxy.ts';

const START_MS = 60_000;
const STOP_MS = 15_000;

/** What the server holds at a moment. */
export interface Footprint {
  readonly rssMb: number;
  /** Open files and sockets; undefined where the system does not tell. */
  readonly handles: number | undefined;
}

/** `make local` in a process of its own, on free ports, with an engine whose requests are counted. */
export interface SoakedServer {
  readonly apiUrl: string;
  readonly awsUrl: string;
  /** What the commands that talk to it have in their environment. */
  readonly environment: NodeJS.ProcessEnv;
  footprint(): Footprint;
  databaseRequests(): number;
  /** Whether it is still there. */
  isUp(): boolean;
  /** Ends it as Ctrl-C does, and gives what it left behind. */
  stop(): Promise<string[]>;
}

export async function startServer(): Promise<SoakedServer> {
  const engine = await startEngine();
  const counter = await startFaultProxy(engine.endpoint);
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(AWS_|LOCAL$|STACK$|STAGE$|DB$)/.test(name)),
  );
  const child = spawn(process.execPath, ['--import', 'tsx', 'local/main.ts'], {
    env: { ...clean, PORT: '0', AWS_PORT: '0', SEED_COUNT: '30', DYNAMODB_ENDPOINT: counter.endpoint },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // The lines of requests are read, or it would stop at a full pipe, and not kept.
  let said = '';
  let isReady = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', chunk => {
      said = `${said}${String(chunk)}`.slice(isReady ? -10_000 : 0);
    });
  }
  const endAll = async () => {
    await counter.stop();
    await engine.stop();
  };
  const limit = performance.now() + START_MS;
  while (!said.includes('Ctrl-C ends everything')) {
    if (child.exitCode !== null || performance.now() > limit) {
      child.kill('SIGKILL');
      await endAll();
      throw new Error(`the local server did not start: ${said}`);
    }
    await sleep(50);
  }
  isReady = true;
  const [, apiUrl = '', awsUrl = ''] = /answers at (\S+) \(AWS: (\S+)\)/.exec(said) ?? [];
  const pid = child.pid ?? 0;
  return {
    apiUrl,
    awsUrl,
    environment: { ...clean, LOCAL: '1', AWS_PORT: new URL(awsUrl).port },
    footprint: () => footprint(pid),
    databaseRequests: counter.total,
    isUp: () => child.exitCode === null,
    stop: async () => {
      const started = childrenOf(pid);
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const isOver = await Promise.race([ended.then(() => true), sleep(STOP_MS, false, { ref: false })]);
      if (!isOver) child.kill('SIGKILL');
      await ended;
      const ports = [apiUrl, awsUrl];
      const left = [
        ...(isOver ? [] : [`it did not end within ${STOP_MS / 1000} s`]),
        ...(child.exitCode === 0 || !isOver ? [] : [`it ended with ${child.exitCode}: ${said.slice(-500)}`]),
        ...started.filter(isRunning).map(one => `process ${one} is still there`),
        ...(
          await Promise.all(ports.map(async url => ((await answers(url)) ? [`${url} still answers`] : [])))
        ).flat(),
      ];
      await endAll();
      return left;
    },
  };
}

function footprint(pid: number): Footprint {
  const kilobytes = Number(spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).stdout);
  return { rssMb: kilobytes / 1024, handles: handlesOf(pid) };
}

function handlesOf(pid: number): number | undefined {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    // Only Linux tells.
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
