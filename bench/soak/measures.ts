/** What was measured of each operation, and what should not have been answered. */
export interface Measures {
  answered(name: string, response: Pick<Response, 'status' | 'headers'>, ms: number, text: string): void;
  /** There was no answer. */
  failed(name: string, error: unknown): void;
  requests(): number;
  readonly timesMs: ReadonlyMap<string, readonly number[]>;
  readonly statuses: ReadonlyMap<number, number>;
  /** The first of each kind, with how often it happened. */
  readonly unexpected: ReadonlyMap<string, number>;
}

/**
 * What traffic may be answered with beside a success: what was there a moment ago is gone, somebody does too much, and a
 * service is busy for as long as is said.
 */
export function isExpected({ status, headers }: Pick<Response, 'status' | 'headers'>): boolean {
  if (status < 400 || status === 404 || status === 409) return true;
  return (status === 429 || status === 503) && headers.has('Retry-After');
}

export function newMeasures(): Measures {
  const timesMs = new Map<string, number[]>();
  const statuses = new Map<number, number>();
  const unexpected = new Map<string, number>();
  let requests = 0;
  const count = <K>(counts: Map<K, number>, key: K) => counts.set(key, (counts.get(key) ?? 0) + 1);
  return {
    timesMs,
    statuses,
    unexpected,
    requests: () => requests,
    answered: (name, response, ms, text) => {
      requests++;
      count(statuses, response.status);
      const times = timesMs.get(name);
      if (times === undefined) timesMs.set(name, [ms]);
      else times.push(ms);
      if (!isExpected(response)) count(unexpected, `${name}: ${response.status} ${detailOf(text)}`);
    },
    failed: (name, error) => {
      requests++;
      const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
      count(unexpected, `${name}: no answer, ${String(error)}${cause}`);
    },
  };
}

// Each has an id of its own: what is the same apart from it is one kind.
const detailOf = (text: string) => text.replace(/"instance":"[^"]*"/, '').slice(0, 300);

/** The value that a share of `values`, 0 to 1, are not above: the nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** What a figure was in the second quarter of the time, past the warm-up, and in the last. */
export function growth(samples: readonly number[]): { readonly before: number; readonly after: number } {
  const quarter = Math.floor(samples.length / 4);
  return {
    before: percentile(samples.slice(quarter, 2 * quarter), 0.5),
    after: percentile(samples.slice(-quarter), 0.5),
  };
}
