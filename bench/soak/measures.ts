/** The measurements of all operations, and the unexpected answers. */
export interface Measures {
  answered(name: string, response: Pick<Response, 'status' | 'headers'>, ms: number, text: string): void;
  /** Records a request without an answer. */
  failed(name: string, error: unknown): void;
  requests(): number;
  readonly timesMs: ReadonlyMap<string, readonly number[]>;
  readonly statuses: ReadonlyMap<number, number>;
  /** The number of unexpected answers by kind. */
  readonly unexpected: ReadonlyMap<string, number>;
}

/**
 * Returns whether an answer can occur in normal traffic: a success, a resource that was deleted in the
 * meantime, or a rate limit or busy service with `Retry-After`.
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

// Answers that differ only in their request id are of the same kind.
const detailOf = (text: string) => text.replace(/"instance":"[^"]*"/, '').slice(0, 300);

/** Returns a percentile with the nearest-rank method. `share` is from 0 to 1. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Returns the median of the second quarter of the samples, after the warm-up, and of the last quarter. */
export function growth(samples: readonly number[]): { readonly before: number; readonly after: number } {
  const quarter = Math.floor(samples.length / 4);
  return {
    before: percentile(samples.slice(quarter, 2 * quarter), 0.5),
    after: percentile(samples.slice(-quarter), 0.5),
  };
}
