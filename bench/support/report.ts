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

/** Returns the median of `values`, which must not be empty. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
