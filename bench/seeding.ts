import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startEngine } from '../local/dynamo/engine.ts';
import { planRows } from '../seed/plan.ts';
import { putSeedRows } from '../store/putSeedRows.ts';
import { removeSet } from '../store/removeSeedRows.ts';
import { newRun } from '../store/seedIndex.ts';
import { Tally } from '../store/tally.ts';
import { countRequests, withDatabase } from './support/database.ts';
import { NETWORK_MS, startDelayedNetwork } from './support/delayedNetwork.ts';
import { addFigure, median, printTable } from './support/report.ts';
import type { Measured } from './support/seedingRun.ts';

/**
 * `npx tsx bench/seeding.ts [channels]`: the speed and memory use of seeding, compared with a baseline that
 * writes batches of 25 rows one after another. Each measurement has its own process and engine.
 */
const CHANNELS = Number(process.argv[2] ?? 300);

async function measure(writer: string, channels: number, networkMs: number): Promise<Measured> {
  const engine = await startEngine();
  const network = networkMs === 0 ? undefined : await startDelayedNetwork(engine.endpoint, networkMs);
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        '--import',
        'tsx',
        'bench/support/seedingRun.ts',
        writer,
        String(channels),
        network?.endpoint ?? engine.endpoint,
      ],
      { env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' } },
    );
    return JSON.parse(stdout);
  } finally {
    await network?.stop();
    await engine.stop();
  }
}

const perSecond = ({ rows, ms }: Measured) => (rows * 1000) / ms;

const ROUNDS = 3;
const CONNECTIONS = [1, 2, 4, 8];

async function main(): Promise<void> {
  for (const networkMs of [0, NETWORK_MS]) {
    const engine = networkMs === 0 ? 'local engine' : `engine with ${networkMs} ms delay`;
    // Requests that were built before show the limit of the engine. They are not delayed.
    const prepared = networkMs === 0 ? CONNECTIONS.map(count => `engine:${count}`) : [];
    const rounds = new Map<string, Measured[]>();
    // All take turns, because other programs use the machine.
    for (let round = 0; round < ROUNDS; round++)
      for (const writer of ['baseline', 'makeSeed', ...prepared])
        rounds.set(writer, [...(rounds.get(writer) ?? []), await measure(writer, CHANNELS, networkMs)]);
    const rates = (writer: string) => (rounds.get(writer) ?? []).map(perSecond);
    const seed = rates('makeSeed');
    const baseline = rates('baseline');
    const ratios = seed.map((rate, round) => rate / (baseline[round] ?? Number.NaN));
    const limits = seed.map((_, round) => Math.max(...prepared.map(writer => rates(writer)[round] ?? 0)));
    const small = await measure('makeSeed', CHANNELS / 10, networkMs);
    const line = (name: string, channels: number, measured: readonly Measured[]) => [
      name,
      channels,
      Math.round(median(measured.map(perSecond))),
      Math.round(median(measured.map(({ cpuMs, rows }) => (cpuMs * 1000) / rows))),
      Math.round(median(measured.map(({ peakRssMb }) => peakRssMb))),
    ];
    printTable(`Seeding: ${engine}, median of ${ROUNDS} rounds`, [
      ['written by', 'channels', 'rows/s', 'CPU ms/1,000 rows', 'peak memory MB'],
      line('baseline: one batch of 25 at a time', CHANNELS, rounds.get('baseline') ?? []),
      line('make seed', CHANNELS / 10, [small]),
      line('make seed', CHANNELS, rounds.get('makeSeed') ?? []),
      ...prepared.map(writer =>
        line(`prepared requests, connections: ${writer.slice(7)}`, CHANNELS, rounds.get(writer) ?? []),
      ),
    ]);
    // The local engine answers so fast that it is the limit itself.
    if (networkMs > 0)
      addFigure(`seeding, ${engine}: rate compared with one batch at a time`, ratios, { atLeast: 2 });
    else
      addFigure(
        `seeding, ${engine}: rate compared with the limit of the engine`,
        seed.map((rate, round) => rate / (limits[round] ?? Number.NaN)),
        { atLeast: 0.9 },
      );
  }
  printTable(`Seeding: deletion of a set of ${DELETED} channels`, [
    ['channels in other sets', 'rows deleted', 'DynamoDB requests', 'ms'],
    await deletion(0),
    await deletion(CHANNELS),
  ]);
}

const DELETED = 50;

/** Measures `make deleteSeed SEED=1` on a database with `others` channels of another set. */
async function deletion(others: number): Promise<(string | number)[]> {
  const line: (string | number)[] = [String(others)];
  await withDatabase(async database => {
    const now = new Date();
    const shared = { offline: 1, channels: [], pastStreams: 0, region: 'us-west-2', now: now.toISOString() };
    for (const [set, count] of [
      [1, DELETED],
      [2, others],
    ] as const) {
      const rows = planRows({ set, count, ...shared });
      await putSeedRows(database, rows, newRun(set, now, 'bench'), new Tally());
    }
    const requests = countRequests(database);
    const deleted = new Tally();
    const started = performance.now();
    await removeSet(database, 1, deleted);
    line.push(deleted.total, requests(), Math.round(performance.now() - started));
  });
  return line;
}

void main();
