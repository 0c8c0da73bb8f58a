import { spawn } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { readWhole, SettingError } from '../../test/faults/settings.ts';
import { tableText } from '../support/report.ts';
import { growth, type Measures, newMeasures, percentile } from './measures.ts';
import { type ResourceUsage, type ServerUnderTest, startServer } from './server.ts';
import { runTraffic } from './traffic.ts';

// `make soak`: sends mixed traffic to the local server and measures it. It fails after an unexpected answer,
// when memory or open handles grow, or when something is left over at the end.
const PROGRESS_EVERY_MS = 10_000;
const SAMPLE_EVERY_MS = 1_000;
const SEED_EVERY_MS = 30_000;
/** V8 allocates and frees memory irregularly. In some minutes, a smaller growth does not indicate a leak. */
const MAX_GROWTH = { mb: 64, share: 0.4, handles: 25 } as const;
/** The maximum time for which idle connections stay open after the traffic. */
const IDLE_MS = 20_000;

async function main(): Promise<number> {
  const minutes = readWhole(process.env, 'MINUTES', 3, [1, 10_000]);
  const lengthMs = minutes * 60_000;
  const server = await startServer();
  const measures = newMeasures();
  const samples: ResourceUsage[] = [server.resourceUsage()];
  let failures: string[] = [];
  try {
    const ended = new AbortController();
    // Every operation listens to this signal.
    setMaxListeners(0, ended.signal);
    const timer = setTimeout(() => ended.abort(), lengthMs);
    const monitoring = monitor(server, measures, samples, ended.signal);
    const [, , seedings] = await Promise.all([
      runTraffic(server, measures, { until: ended.signal, lengthMs }),
      monitoring,
      seedPeriodically(server, ended.signal),
    ]);
    clearTimeout(timer);
    const idle = await openHandlesAtRest(server, samples[0]);
    failures = [...failuresOf(measures, samples), ...idle, ...seedings];
    console.log(`\n${report(server, measures, samples, minutes)}`);
  } finally {
    failures = [...failures, ...(await server.stop())];
  }
  if (failures.length === 0)
    console.log('\npassed: no unexpected answers, memory and handles within their limits, nothing left over');
  else console.error(`\nfailed:\n${failures.join('\n')}`);
  return failures.length === 0 ? 0 : 1;
}

async function monitor(
  server: ServerUnderTest,
  measures: Measures,
  samples: ResourceUsage[],
  until: AbortSignal,
): Promise<void> {
  const from = performance.now();
  let reportedAt = from;
  while (!until.aborted) {
    await sleep(SAMPLE_EVERY_MS);
    if (!server.isRunning()) throw new Error('the server ended during the test');
    const now = server.resourceUsage();
    samples.push(now);
    if (performance.now() - reportedAt < PROGRESS_EVERY_MS) continue;
    reportedAt = performance.now();
    const all = [...measures.timesMs.values()].flat();
    const unexpected = [...measures.unexpected.values()].reduce((sum, count) => sum + count, 0);
    console.log(
      [
        `${Math.round((reportedAt - from) / 1000)} s`,
        `${measures.requests()} requests`,
        `p50 ${percentile(all, 0.5).toFixed(0)} ms`,
        `p99 ${percentile(all, 0.99).toFixed(0)} ms`,
        `${unexpected} unexpected answers`,
        `${now.rssMb.toFixed(0)} MB`,
        `${now.handles ?? '?'} open handles`,
      ].join('  '),
    );
  }
}

/** Seeds channels and deletes them again, like another developer on the same server. Returns the failures. */
async function seedPeriodically({ environment }: ServerUnderTest, until: AbortSignal): Promise<string[]> {
  const failed: string[] = [];
  for (let n = 0; !until.aborted; n++) {
    await sleep(SEED_EVERY_MS / 2, undefined, { signal: until }).catch(() => undefined);
    if (until.aborted) break;
    const command = n % 2 === 0 ? 'deleteSeed' : 'seed';
    const failure = await run(command, { ...environment, SEED_COUNT: '20' });
    if (failure !== undefined) failed.push(`make ${command} failed: ${failure}`);
  }
  return failed;
}

/** Runs a command. Returns its error output if it fails. */
function run(command: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'operations/run.ts', command], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr.on('data', chunk => {
    output += String(chunk);
  });
  return new Promise(resolve => child.once('close', code => resolve(code === 0 ? undefined : output)));
}

/** Waits until the idle server has about as many open handles as before. Returns a failure otherwise. */
async function openHandlesAtRest(
  server: ServerUnderTest,
  before: ResourceUsage | undefined,
): Promise<string[]> {
  const max = (before?.handles ?? 0) + MAX_GROWTH.handles;
  const deadline = performance.now() + IDLE_MS;
  for (
    let { handles = 0 } = server.resourceUsage();
    handles > max;
    { handles = 0 } = server.resourceUsage()
  ) {
    if (performance.now() > deadline)
      return [`${handles} handles are open after the traffic, ${before?.handles} were open before it`];
    await sleep(250);
  }
  return [];
}

function failuresOf(measures: Measures, samples: readonly ResourceUsage[]): string[] {
  const memory = growth(samples.map(({ rssMb }) => rssMb));
  return [
    ...[...measures.unexpected].map(([what, count]) => `${count} unexpected answers of ${what}`),
    ...(memory.after - memory.before > Math.max(MAX_GROWTH.mb, memory.before * MAX_GROWTH.share)
      ? [`memory grew from ${memory.before.toFixed(0)} to ${memory.after.toFixed(0)} MB after the warm-up`]
      : []),
  ];
}

function report(
  server: ServerUnderTest,
  measures: Measures,
  samples: readonly ResourceUsage[],
  minutes: number,
): string {
  const memory = growth(samples.map(({ rssMb }) => rssMb));
  const ms = (value: number) => value.toFixed(1);
  const byName = [...measures.timesMs].sort(([a], [b]) => a.localeCompare(b));
  const [first, last] = [samples[0], samples.at(-1)];
  return [
    tableText(`Soak: ${minutes} min of mixed traffic on the local server`, [
      ['operation', 'answers', 'p50 ms', 'p95 ms', 'p99 ms'],
      ...byName.map(([name, times]) => [
        name,
        times.length,
        ...[0.5, 0.95, 0.99].map(share => ms(percentile(times, share))),
      ]),
    ]),
    '',
    tableText('Soak: answers by HTTP status', [
      ['status', 'answers'],
      ...[...measures.statuses].sort(([a], [b]) => a - b).map(([status, count]) => [String(status), count]),
    ]),
    '',
    tableText('Soak: resources of the server', [
      ['', 'start', 'end'],
      ['memory, MB', Math.round(first?.rssMb ?? 0), Math.round(last?.rssMb ?? 0)],
      ['open handles', first?.handles ?? '?', last?.handles ?? '?'],
      // The medians are half of the duration apart.
      [
        'memory growth after the warm-up, MB per minute',
        '',
        ms((memory.after - memory.before) / (minutes / 2)),
      ],
      ['HTTP requests', '', measures.requests()],
      ['DynamoDB requests', '', server.databaseRequests()],
    ]),
  ].join('\n');
}

main().then(
  code => {
    process.exitCode = code;
  },
  error => {
    console.error(error instanceof SettingError ? error.message : error);
    process.exitCode = 1;
  },
);
