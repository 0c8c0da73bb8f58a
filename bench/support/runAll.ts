import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Figure, median, printTable, type Target } from './report.ts';

/** Where `make bench` stores its figures. Git ignores the file. */
const RESULTS = 'bench-results.json';

/** A figure may miss its target by this share, because other programs use the machine. */
const TOLERANCE = 0.1;

/**
 * `make bench`: runs every file in `bench/` and prints one table of the figures that have a target. The exit
 * code is 1 when a figure misses its target by more than 10 %, or when a file fails.
 */
async function main(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'ugc-bench-'));
  const file = join(folder, 'figures');
  const failed: string[] = [];
  try {
    for (const name of readdirSync('bench').filter(one => one.endsWith('.ts'))) {
      const code = await run(join('bench', name), file);
      if (code !== 0) failed.push(name);
    }
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    const figures = lines.map(line => JSON.parse(line) as Figure);
    report(figures);
    for (const name of failed) console.log(`bench/${name} failed`);
    return failed.length > 0 || figures.some(figure => !isMet(figure)) ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(file: string, figures: string): Promise<number | null> {
  const child = spawn(process.execPath, ['--import', 'tsx', file], {
    stdio: 'inherit',
    env: { ...process.env, BENCH_FIGURES: figures },
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
}

function report(figures: readonly Figure[]): void {
  const [processor] = cpus();
  const machine = `${cpus().length} × ${processor?.model ?? 'unknown processor'}, Node ${process.version}`;
  const date = new Date().toISOString().slice(0, 10);
  const number = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 2 });
  const rows = figures.map(({ name, values, target }) => [
    name,
    number(median(values)),
    values.length === 1 ? '' : `${number(Math.min(...values))}–${number(Math.max(...values))}`,
    targetText(target, number),
    isMet({ name, values, target }) ? '' : 'missed',
  ]);
  printTable(`Benchmarks of ${date}: ${machine}`, [['figure', 'median', 'spread', 'target', ''], ...rows]);
  writeFileSync(RESULTS, `${JSON.stringify({ date, machine, figures }, undefined, 2)}\n`);
  console.log(`\n${RESULTS} has the values of each round.`);
}

function targetText(target: Target, number: (value: number) => string): string {
  return 'atLeast' in target ? `at least ${number(target.atLeast)}` : `at most ${number(target.atMost)}`;
}

function isMet({ values, target }: Figure): boolean {
  const value = median(values);
  return 'atLeast' in target
    ? value >= target.atLeast * (1 - TOLERANCE)
    : value <= target.atMost * (1 + TOLERANCE);
}

main().then(
  code => {
    process.exitCode = code;
  },
  error => {
    console.error(error);
    process.exitCode = 1;
  },
);
