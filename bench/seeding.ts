import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startEngine } from '../local/dynamo/engine.ts';
import { planRows } from '../seed/plan.ts';
import { putSeedRows } from '../store/putSeedRows.ts';
import { removeSet } from '../store/removeSeedRows.ts';
import { newRun } from '../store/seedIndex.ts';
import { Tally } from '../store/tally.ts';
import { countRequests, withDatabase } from './support/database.ts';
import { NETWORK_MS, startNetwork } from './support/network.ts';
import { printTable, times } from './support/report.ts';
import type { Measured } from './support/seedingRun.ts';

/**
 * `npx tsx bench/seeding.ts [channels]`: rows a second of seeding and its memory, beside batches of 25 that are written
 * one at a time, on the same engine. Each is a process of its own with an engine of its own.
 */
const CHANNELS = Number(process.argv[2] ?? 500);

async function measure(way: 'ours' | 'usual', channels: number, networkMs: number): Promise<Measured> {
  const engine = await startEngine();
  const network = networkMs === 0 ? undefined : await startNetwork(engine.endpoint, networkMs);
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        '--import',
        'tsx',
        'bench/support/seedingRun.ts',
        way,
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
      'engine',
      'way',
      'channels',
      'rows',
      'rows/s',
      'beside the usual way',
      'client CPU ms/1000 rows',
      'peak RSS MB',
    ],
  ];
  for (const networkMs of [0, NETWORK_MS]) {
    const engine = networkMs === 0 ? 'on loopback' : `${networkMs} ms away`;
    const usual = await measure('usual', CHANNELS, networkMs);
    const line = (way: string, channels: number, measured: Measured) => [
      engine,
      way,
      channels,
      measured.rows,
      Math.round(perSecond(measured)),
      times(perSecond(measured) / perSecond(usual)),
      Math.round((measured.cpuMs * 1000) / measured.rows),
      Math.round(measured.peakRssMb),
    ];
    lines.push(line('one batch at a time', CHANNELS, usual));
    for (const channels of [CHANNELS / 10, CHANNELS]) {
      lines.push(line('make seed', channels, await measure('ours', channels, networkMs)));
    }
  }
  printTable(`Seeding ${CHANNELS.toLocaleString('en')} channels`, lines);
  printTable(`Deleting one set of ${DELETED} channels`, [
    ['other seeded channels', 'rows deleted', 'requests', 'ms'],
    await deletion(0),
    await deletion(CHANNELS),
  ]);
}

const DELETED = 50;

/** What `make deleteSeed SEED=1` costs on a database that has `others` channels of another set. */
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
