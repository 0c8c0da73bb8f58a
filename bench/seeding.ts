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
import { printTable, ratio } from './support/report.ts';
import type { Measured } from './support/seedingRun.ts';

/**
 * `npx tsx bench/seeding.ts [channels]`: the speed and memory use of seeding, compared with a baseline that
 * writes batches of 25 rows one after another. Each measurement has its own process and engine.
 */
const CHANNELS = Number(process.argv[2] ?? 500);

async function measure(
  writer: 'makeSeed' | 'baseline',
  channels: number,
  networkMs: number,
): Promise<Measured> {
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

async function main(): Promise<void> {
  const lines: (string | number)[][] = [
    [
      'DynamoDB engine',
      'written by',
      'channels',
      'rows',
      'rows/s',
      'speed vs. baseline',
      'CPU ms/1,000 rows',
      'peak memory MB',
    ],
  ];
  for (const networkMs of [0, NETWORK_MS]) {
    const engine = networkMs === 0 ? 'local' : `with ${networkMs} ms delay`;
    const baseline = await measure('baseline', CHANNELS, networkMs);
    const line = (writer: string, channels: number, measured: Measured) => [
      engine,
      writer,
      channels,
      measured.rows,
      Math.round(perSecond(measured)),
      ratio(perSecond(measured) / perSecond(baseline)),
      Math.round((measured.cpuMs * 1000) / measured.rows),
      Math.round(measured.peakRssMb),
    ];
    lines.push(line('baseline: one batch at a time', CHANNELS, baseline));
    for (const channels of [CHANNELS / 10, CHANNELS]) {
      lines.push(line('make seed', channels, await measure('makeSeed', channels, networkMs)));
    }
  }
  printTable(`Seeding: up to ${CHANNELS.toLocaleString('en')} channels`, lines);
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
    const shared = { offline: 1, channels: [], region: 'us-west-2', now: now.toISOString() };
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
