import fc from 'fast-check';
import { type Met, nothingMet } from './trouble.ts';

export interface CampaignReport {
  readonly histories: number;
  readonly met: Met;
  /** What was found, each with the shortest history that shows it and the seed that finds it again. */
  readonly violations: readonly string[];
}

export interface CampaignOptions {
  readonly runs: number;
  /** How many histories are under way at once. */
  readonly lanes: number;
  readonly seed: number;
  /** Whether what was found is told as it was found: to make it short takes many more histories. */
  readonly asFound?: boolean;
}

/** Plays one history after another, each to the end. */
export interface Lane<History> {
  /** Every way in which an invariant did not hold. */
  play(history: History): Promise<readonly string[]>;
  stop?(): Promise<void>;
}

/** How many more histories are played to make one shorter that was found. */
const SHORTENING_TRIES = 60;

/** Plays histories drawn from `arbitrary`; one in which an invariant does not hold is made as short as it can be. */
export async function runCampaign<History>(
  arbitrary: fc.Arbitrary<History>,
  { runs, lanes, seed, asFound = false }: CampaignOptions,
  open: (met: Met) => Promise<Lane<History>>,
): Promise<CampaignReport> {
  const met = nothingMet();
  const shares = Array.from({ length: lanes }, (_, lane) => Math.floor((runs + lane) / lanes));
  const found = await Promise.all(
    shares.map(async (numRuns, index) => {
      if (numRuns === 0) return [];
      const lane = await open(met);
      try {
        let left = Number.POSITIVE_INFINITY;
        const property = fc.asyncProperty(arbitrary, async history => {
          // What is tried after this counts as well: then what was found last is short enough.
          if (left-- <= 0) return;
          const violations = await lane.play(history);
          if (violations.length === 0) return;
          left = Math.min(left, SHORTENING_TRIES);
          throw new ViolationError(violations.join('\n'));
        });
        return told(await fc.check(property, { numRuns, seed: seed * 1_000 + index, endOnFailure: asFound }));
      } finally {
        await lane.stop?.();
      }
    }),
  );
  return { histories: runs, met, violations: found.flat() };
}

class ViolationError extends Error {
  override readonly name = 'ViolationError';
}

function told<Ts>({
  failed,
  counterexample,
  errorInstance,
  seed,
  counterexamplePath,
}: fc.RunDetails<Ts>): string[] {
  if (!failed) return [];
  const said =
    errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : errorInstance;
  const what = errorInstance instanceof ViolationError ? errorInstance.message : String(said);
  return [
    [
      what,
      `  history: ${fc.stringify(counterexample)}`,
      `  drawn with seed ${seed}, path ${counterexamplePath}`,
    ].join('\n'),
  ];
}
