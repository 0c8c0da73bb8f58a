import { type ChildProcess, fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { faultReport, violationsOf } from './report.ts';
import { readWhole, SettingError } from './settings.ts';
import { type Campaign, campaigns, runShard, type ShardOptions, type ShardReport, seedsOf } from './shard.ts';

/**
 * `make test-faults`: plays thousands of generated histories with throttling, conflicts, timeouts, killed
 * processes and concurrent workers, and checks the invariants after each. It stops at the first violation,
 * and prints the shortest history that has it.
 */
async function main(): Promise<number> {
  const options = process.argv[2];
  if (options !== undefined) return inChild(JSON.parse(options) as ShardOptions);
  const seed = readWhole(process.env, 'SEED', randomInt(1_000_000), [0, 1_000_000]);
  const histories = readWhole(process.env, 'HISTORIES', 2_000, [1, 10_000_000]);
  const only = readOnly(process.env['ONLY']);
  const from = performance.now();
  if (only === undefined)
    console.log(`playing ${histories.toLocaleString('en')} histories with SEED=${seed}`);
  const shards = only === undefined ? sharesOf(histories, seed) : [{ seeds: only, name: 'only' }];
  const reports = await inProcesses(shards);
  console.log(faultReport(reports, { seed, seconds: (performance.now() - from) / 1000 }));
  return violationsOf(reports).length === 0 ? 0 : 1;
}

/** The one history in `ONLY=<campaign>:<seed>`. */
function readOnly(text: string | undefined): ShardOptions['seeds'] | undefined {
  if (text === undefined || text === '') return undefined;
  const [, name, seed] = /^([a-zA-Z, ]+):(\d{1,10})$/.exec(text) ?? [];
  const campaign = campaigns.find(one => one === name);
  if (campaign !== undefined) return { [campaign]: [Number(seed)] };
  throw new SettingError(
    `ONLY must be <campaign>:<seed>, with a campaign of: ${campaigns.join('; ')} (got ${JSON.stringify(text)})`,
  );
}

/** One shard per processor, as far as there are enough histories. */
function sharesOf(histories: number, seed: number): ShardOptions[] {
  const count = Math.min(availableParallelism(), 8, Math.ceil(histories / 50));
  const all = Object.entries(seedsOf(histories, seed)) as [Campaign, number[]][];
  return Array.from({ length: count }, (_, shard) => ({
    seeds: Object.fromEntries(
      all.map(([name, seeds]) => [name, seeds.filter((__, n) => placeOf(name, n, count) === shard)]),
    ),
    name: `${seed}-${shard}`,
  }));
}

/**
 * The shard that plays the nth history of a campaign. One shard plays all histories that need a separate
 * world or a bundle.
 */
function placeOf(campaign: Campaign, n: number, count: number): number {
  if (campaign.endsWith('SIGKILL')) return 0;
  return campaign === 'reconciler' || campaign === 'seeding' ? count - 1 : n % count;
}

/** Runs each shard in a process. The first shard with a violation stops the others. */
async function inProcesses(shards: readonly ShardOptions[]): Promise<ShardReport[]> {
  const children: ChildProcess[] = [];
  const running = shards.map(options => {
    const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(options)], {
      execArgv: ['--import', 'tsx'],
    });
    children.push(child);
    return new Promise<ShardReport>((resolve, reject) => {
      child.on('message', message => {
        const report = message as ShardReport;
        resolve(report);
        if (violationsOf([report]).length === 0) return;
        for (const other of children) if (other !== child && other.connected) other.send('stop');
      });
      child.once('exit', code => reject(new Error(`a process of test-faults ended with exit code ${code}`)));
    });
  });
  return Promise.all(running);
}

async function inChild(options: ShardOptions): Promise<never> {
  const stop = new AbortController();
  // The parent has ended, so nobody would read the report.
  process.once('disconnect', () => process.exit(1));
  process.on('message', () => stop.abort());
  const report = await runShard(options, stop.signal);
  await new Promise(resolve => process.send?.(report, resolve));
  process.exit(0);
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
