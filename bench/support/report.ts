import { appendFileSync } from 'node:fs';

type Rows = readonly (readonly (string | number)[])[];

/** Prints a table with a title. The first row has the column headings. */
export function printTable(title: string, rows: Rows): void {
  console.log(`\n${tableText(title, rows)}`);
}

/** Formats a table with a title. The first row has the column headings. */
export function tableText(title: string, rows: Rows): string {
  const text = rows.map(row =>
    row.map(cell => (typeof cell === 'number' ? cell.toLocaleString('en') : cell)),
  );
  const widths = (text[0] ?? []).map((_, column) => Math.max(...text.map(row => (row[column] ?? '').length)));
  const line = (row: readonly string[]) =>
    `  ${row.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join('  ')}`.trimEnd();
  const [headings = [], ...rest] = text;
  const rule = `  ${widths.map(width => '-'.repeat(width)).join('  ')}`;
  return [title, line(headings), rule, ...rest.map(line)].join('\n');
}

// The first column has names, the others have numbers.
function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

/** What a figure should be: at least or at most a number. */
export type Target = { readonly atLeast: number } | { readonly atMost: number };

/** A figure of the summary that `make bench` prints and stores. */
export interface Figure {
  readonly name: string;
  /** One value per round. */
  readonly values: readonly number[];
  readonly target: Target;
}

/** Adds a figure to the summary of `make bench`, which sets `BENCH_FIGURES` to a file. */
export function addFigure(name: string, values: number | readonly number[], target: Target): void {
  const file = process.env['BENCH_FIGURES'];
  const figure: Figure = { name, values: typeof values === 'number' ? [values] : values, target };
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(figure)}\n`);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  return (at((sorted.length - 1) >> 1) + at(sorted.length >> 1)) / 2;
}

/** Runs per second of two implementations that took turns: one value per round. */
export interface Compared {
  readonly ours: readonly number[];
  readonly baseline: readonly number[];
  /** The rate of `ours` divided by that of `baseline`, by round. */
  readonly ratios: readonly number[];
}

/**
 * Compares two implementations in rounds. Both run in each round, in alternating order, because other
 * programs use the machine. The first round is a warm-up and does not count.
 *
 * @param ours and @param baseline return how many runs they did
 */
export async function compareRates(
  rounds: number,
  ours: () => Promise<number>,
  baseline: () => Promise<number>,
): Promise<Compared> {
  const rates: [ours: number, baseline: number][] = [];
  const rateOf = async (run: () => Promise<number>) => {
    const from = performance.now();
    const count = await run();
    return (count * 1000) / (performance.now() - from);
  };
  for (let round = 0; round <= rounds; round++) {
    const first = round % 2 === 0 ? await rateOf(ours) : undefined;
    const other = await rateOf(baseline);
    rates.push([first ?? (await rateOf(ours)), other]);
  }
  const counted = rates.slice(1);
  return {
    ours: counted.map(([rate]) => rate),
    baseline: counted.map(([, rate]) => rate),
    ratios: counted.map(([rate, other]) => rate / other),
  };
}

/** Returns how often `work` runs per second, in the best of `rounds`: other programs use the machine. */
export async function rate(
  times: number,
  work: (n: number) => Promise<unknown>,
  rounds = 3,
): Promise<number> {
  const rates: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const from = performance.now();
    for (let n = 0; n < times; n++) await work(round * times + n);
    rates.push((times * 1000) / (performance.now() - from));
  }
  return Math.max(...rates);
}

export function ratio(value: number): string {
  return `${value.toFixed(2)}×`;
}

/** Formats the median of some ratios with the lowest and the highest. */
export function ratioWithSpread(values: readonly number[]): string {
  const two = (value: number) => value.toFixed(2);
  return `${ratio(median(values))} (${two(Math.min(...values))}–${two(Math.max(...values))})`;
}
