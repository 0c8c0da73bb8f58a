import { spawn } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { readWhole, SettingError } from '../../test/faults/settings.ts';
import { tableText } from '../support/report.ts';
import { growth, type Measures, newMeasures, percentile } from './measures.ts';
import { type Footprint, type SoakedServer, startServer } from './server.ts';
import { runTraffic } from './traffic.ts';

// `make soak`: mixed traffic on the local server for some minutes, and what it costs; it fails when an answer is not
// expected, memory or handles grow, or something is left over.
const TOLD_EVERY_MS = 10_000;
const SAMPLED_EVERY_MS = 1_000;
const SEEDED_EVERY_MS = 30_000;
/** V8 takes and gives back memory as it likes: less than this is no leak that some minutes could show. */
const GROWTH = { mb: 64, share: 0.4, handles: 25 } as const;
/** How long connections may be kept alive when nobody asks any more. */
const IDLE_MS = 20_000;

async function main(): Promise<number> {
  const minutes = readWhole(process.env, 'MINUTES', 3, [1, 10_000]);
  const lengthMs = minutes * 60_000;
  const server = await startServer();
  const measures = newMeasures();
  const samples: Footprint[] = [server.footprint()];
  let failures: string[] = [];
  try {
    const ended = new AbortController();
    // Every operation waits for it.
    setMaxListeners(0, ended.signal);
    const timer = setTimeout(() => ended.abort(), lengthMs);
    const watch = watching(server, measures, samples, ended.signal);
    const [, , seedings] = await Promise.all([
      runTraffic(server, measures, { until: ended.signal, lengthMs }),
      watch,
      seedInBetween(server, ended.signal),
    ]);
    clearTimeout(timer);
    const idle = await settled(server, samples[0]);
    failures = [...failuresOf(measures, samples), ...idle, ...seedings];
    console.log(`\n${report(server, measures, samples, minutes)}`);
  } finally {
    failures = [...failures, ...(await server.stop())];
  }
  if (failures.length === 0) console.log('\nnothing unexpected, nothing that grows, nothing left over');
  else console.error(`\n${failures.join('\n')}`);
  return failures.length === 0 ? 0 : 1;
}

async function watching(
  server: SoakedServer,
  measures: Measures,
  samples: Footprint[],
  until: AbortSignal,
): Promise<void> {
  const from = performance.now();
  let told = from;
  while (!until.aborted) {
    await sleep(SAMPLED_EVERY_MS);
    if (!server.isUp()) throw new Error('the server ended');
    const now = server.footprint();
    samples.push(now);
    if (performance.now() - told < TOLD_EVERY_MS) continue;
    told = performance.now();
    const all = [...measures.timesMs.values()].flat();
    const unexpected = [...measures.unexpected.values()].reduce((sum, count) => sum + count, 0);
    console.log(
      [
        `${Math.round((told - from) / 1000)} s`,
        `${measures.requests()} requests`,
        `p50 ${percentile(all, 0.5).toFixed(0)} ms`,
        `p99 ${percentile(all, 0.99).toFixed(0)} ms`,
        `${unexpected} unexpected`,
        `${now.rssMb.toFixed(0)} MB`,
        `${now.handles ?? '?'} handles`,
      ].join('  '),
    );
  }
}

/** Seeds more channels and takes them away again, as somebody at the same server would. Gives what failed. */
async function seedInBetween({ environment }: SoakedServer, until: AbortSignal): Promise<string[]> {
  const failed: string[] = [];
  for (let n = 0; !until.aborted; n++) {
    await sleep(SEEDED_EVERY_MS / 2, undefined, { signal: until }).catch(() => undefined);
    if (until.aborted) break;
    const command = n % 2 === 0 ? 'deleteSeed' : 'seed';
    const said = await run(command, { ...environment, SEED_COUNT: '20' });
    if (said !== undefined) failed.push(`${command}: ${said}`);
  }
  return failed;
}

/** What a command said when it failed. */
function run(command: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'operations/run.ts', command], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', chunk => {
    said += String(chunk);
  });
  return new Promise(resolve => child.once('close', code => resolve(code === 0 ? undefined : said)));
}

/** What is still open when nobody has asked anything for a while, beyond what was open before anybody did. */
async function settled(server: SoakedServer, before: Footprint | undefined): Promise<string[]> {
  const most = (before?.handles ?? 0) + GROWTH.handles;
  const limit = performance.now() + IDLE_MS;
  for (let { handles = 0 } = server.footprint(); handles > most; { handles = 0 } = server.footprint()) {
    if (performance.now() > limit)
      return [`${handles} handles are open at rest, ${before?.handles} were before`];
    await sleep(250);
  }
  return [];
}

function failuresOf(measures: Measures, samples: readonly Footprint[]): string[] {
  const memory = growth(samples.map(({ rssMb }) => rssMb));
  return [
    ...[...measures.unexpected].map(([what, count]) => `${count} times ${what}`),
    ...(memory.after - memory.before > Math.max(GROWTH.mb, memory.before * GROWTH.share)
      ? [`memory grew from ${memory.before.toFixed(0)} to ${memory.after.toFixed(0)} MB after the warm-up`]
      : []),
  ];
}

function report(
  server: SoakedServer,
  measures: Measures,
  samples: readonly Footprint[],
  minutes: number,
): string {
  const memory = growth(samples.map(({ rssMb }) => rssMb));
  const ms = (value: number) => value.toFixed(1);
  const byName = [...measures.timesMs].sort(([a], [b]) => a.localeCompare(b));
  const [first, last] = [samples[0], samples.at(-1)];
  return [
    tableText(`soak: ${minutes} min of mixed traffic on the local server`, [
      ['operation', 'answers', 'p50 ms', 'p95 ms', 'p99 ms'],
      ...byName.map(([name, times]) => [
        name,
        times.length,
        ...[0.5, 0.95, 0.99].map(share => ms(percentile(times, share))),
      ]),
    ]),
    '',
    tableText('answers', [
      ['status', 'answers'],
      ...[...measures.statuses].sort(([a], [b]) => a - b).map(([status, count]) => [String(status), count]),
    ]),
    '',
    tableText('the server', [
      ['', 'start', 'end'],
      ['memory, MB', Math.round(first?.rssMb ?? 0), Math.round(last?.rssMb ?? 0)],
      ['open handles', first?.handles ?? '?', last?.handles ?? '?'],
      // From the middle of the second quarter to that of the last is half of the time.
      [
        'memory growth after the warm-up, MB a minute',
        '',
        ms((memory.after - memory.before) / (minutes / 2)),
      ],
      ['requests answered', '', measures.requests()],
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
