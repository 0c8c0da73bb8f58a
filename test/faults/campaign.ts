import fc from 'fast-check';
import { randomNumbers } from '../support/randomNumbers.ts';
import { type Met, nothingMet } from './trouble.ts';

/** A history that violated an invariant. */
export interface Violation {
  /**
   * The seed that draws this history in its campaign. Undefined if many histories together caused the
   * violation.
   */
  readonly seed: number | undefined;
  /** The violations in the shortest history. */
  readonly what: readonly string[];
  /** The shortest history with a violation, as text. */
  readonly shortest: string;
  /** How many shorter histories were tried. */
  readonly tried: number;
}

/** The result of a campaign so far. */
export interface CampaignReport {
  histories: number;
  readonly met: Met;
  readonly violations: Violation[];
}

export const emptyReport = (): CampaignReport => ({ histories: 0, met: nothingMet(), violations: [] });

export interface CampaignOptions {
  /** The seeds of the histories. Each seed draws one history. */
  readonly seeds: readonly number[];
  /** How many histories run at once. */
  readonly lanes: number;
  /** How long to search for a shorter history after a violation, in milliseconds. */
  readonly shorteningMs: number;
  /** No history is started after it is aborted. The campaign aborts it at the first violation. */
  readonly stop: AbortController;
  /** Is updated during the campaign, so that it can be read before the end. */
  readonly report?: CampaignReport;
}

/** Plays histories one after another. */
export interface Lane<History> {
  /** Returns every violation of an invariant. */
  play(history: History): Promise<readonly string[]>;
  stop?(): Promise<void>;
}

/** How histories are drawn and shortened. */
export interface Drawn<History> {
  readonly histories: fc.Arbitrary<History>;
  /** Slightly shorter histories, the shortest first. */
  shorter(history: History): Iterable<History>;
  /** The history as text for a person who debugs it. By default, its JSON. */
  text?(history: History): string;
}

/** Plays histories until one violates an invariant, and then searches for the shortest one that does. */
export async function runCampaign<History>(
  drawn: Drawn<History>,
  { seeds, lanes, shorteningMs, stop, report = emptyReport() }: CampaignOptions,
  open: (met: Met) => Promise<Lane<History>>,
): Promise<CampaignReport> {
  const queue = [...seeds];
  await Promise.all(
    Array.from({ length: Math.min(lanes, seeds.length) }, async () => {
      const lane = await open(report.met);
      try {
        for (let seed = queue.shift(); seed !== undefined && !stop.signal.aborted; seed = queue.shift()) {
          const history = drawOne(drawn.histories, seed);
          const what = await playSafely(lane, history);
          report.histories++;
          if (what.length === 0 || stop.signal.aborted) continue;
          stop.abort();
          report.violations.push({ seed, ...(await shortest(lane, drawn, { history, what }, shorteningMs)) });
        }
      } finally {
        await lane.stop?.();
      }
    }),
  );
  return report;
}

/** `count` pseudo-random seeds, the same ones for the same `seed`. */
export function seedsFrom(seed: number, count: number): number[] {
  const random = randomNumbers(seed);
  return Array.from({ length: count }, () => Math.floor(random() * 2 ** 31));
}

function drawOne<History>(histories: fc.Arbitrary<History>, seed: number): History {
  const [history] = fc.sample(histories, { numRuns: 1, seed });
  if (history === undefined) throw new Error('fast-check drew no history');
  return history;
}

interface Shown<History> {
  readonly history: History;
  readonly what: readonly string[];
}

/** Shortens a history step by step as long as it still has a violation and there is time. */
async function shortest<History>(
  lane: Lane<History>,
  { shorter, text = JSON.stringify }: Drawn<History>,
  found: Shown<History>,
  ms: number,
): Promise<Omit<Violation, 'seed'>> {
  const end = performance.now() + ms;
  let tried = 0;
  const next = async (from: Shown<History>): Promise<Shown<History> | undefined> => {
    for (const history of shorter(from.history)) {
      if (performance.now() >= end) return undefined;
      tried++;
      const what = await playSafely(lane, history);
      if (what.length > 0) return { history, what };
    }
    return undefined;
  };
  let best = found;
  for (let better = await next(best); better !== undefined; better = await next(best)) best = better;
  return { what: best.what, shortest: text(best.history), tried };
}

/** Reports an unexpected error as a violation. */
async function playSafely<History>(lane: Lane<History>, history: History): Promise<readonly string[]> {
  try {
    return await lane.play(history);
  } catch (error) {
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
}

/** `history` with a part of one of its lists removed: a half, or a single element. */
export function* without<History, Name extends keyof History>(
  history: History & Readonly<Record<Name, readonly unknown[]>>,
  name: Name,
): Generator<History> {
  const list = history[name];
  const half = Math.ceil(list.length / 2);
  const parts = list.length < 4 ? [] : [list.slice(half), list.slice(0, half)];
  for (const part of [...parts, ...list.map((_, at) => list.filter((__, other) => other !== at))])
    if (part.length < list.length) yield { ...history, [name]: part };
}

/** `history` without any faults, and without each kind of fault. */
export function* withFewerFaults<History extends { readonly chances: Readonly<Record<string, number>> }>(
  history: History,
): Generator<History> {
  const kinds = Object.keys(history.chances).filter(kind => history.chances[kind] !== 0);
  const none = Object.fromEntries(Object.keys(history.chances).map(kind => [kind, 0]));
  if (kinds.length > 1) yield { ...history, chances: none };
  for (const kind of kinds) yield { ...history, chances: { ...history.chances, [kind]: 0 } };
}

/**
 * Each history with its own seed and two others, because a shorter history may need another order of requests
 * to fail.
 */
export function* withOtherSeeds<History extends { readonly seed: number }>(
  histories: Iterable<History>,
): Generator<History> {
  for (const history of histories)
    for (const seed of [history.seed, history.seed + 1, history.seed + 2]) yield { ...history, seed };
}
