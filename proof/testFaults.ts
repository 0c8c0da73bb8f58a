import { fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { faultReport, violationsOf } from './faults/report.ts';
import { campaigns, runShard, type ShardOptions, type ShardReport } from './faults/shard.ts';
import { readWhole, SettingError } from './settings.ts';

/**
 * `make test-faults`: puts thousands of generated histories of events and of API requests through throttling, conflicts,
 * time-outs and killed processes, and looks after each whether the invariants hold.
 */
async function main(): Promise<number> {
  const options = process.argv[2];
  if (options !== undefined) {
    // Nobody would read what it finds.
    process.once('disconnect', () => process.exit(1));
    const report = await runShard(JSON.parse(options) as ShardOptions);
    await new Promise(resolve => process.send?.(report, resolve));
    process.exit(0);
  }
  const histories = readWhole(process.env, 'HISTORIES', 2_000, [1, 10_000_000]);
  const seed = readWhole(process.env, 'SEED', randomInt(1_000_000), [0, 1_000_000]);
  const from = performance.now();
  console.log(`${histories.toLocaleString('en')} histories of seed ${seed}`);
  const reports = await Promise.all(sharesOf(histories, seed).map(inProcess));
  console.log(faultReport(reports, { seed, seconds: (performance.now() - from) / 1000 }));
  return violationsOf(reports).length === 0 ? 0 : 1;
}

/** A process for each processor, as far as there is enough to do. */
function sharesOf(histories: number, seed: number): ShardOptions[] {
  const shards = Math.min(availableParallelism(), 8, Math.ceil(histories / 50));
  return Array.from({ length: shards }, (_, shard) => {
    const all = Math.floor((histories + shard) / shards);
    // A history of requests, and a process that is truly killed, take several times as long as one of events.
    const requests = Math.round(all * 0.1);
    const [eventsKilled, requestsKilled] = [Math.round(all * 0.02), Math.round(all * 0.005)];
    const events = Math.max(0, all - requests - eventsKilled - requestsKilled);
    const each = [events, requests, eventsKilled, requestsKilled];
    const shares = Object.fromEntries(campaigns.map((campaign, index) => [campaign, each[index] ?? 0]));
    return { seed: seed + shard, histories: shares as ShardOptions['histories'] };
  });
}

function inProcess(options: ShardOptions): Promise<ShardReport> {
  const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(options)], {
    execArgv: ['--import', 'tsx'],
  });
  return new Promise((resolve, reject) => {
    child.once('message', report => resolve(report as ShardReport));
    child.once('exit', code => reject(new Error(`a process of the proof ended with ${code}`)));
  });
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
