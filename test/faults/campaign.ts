import fc from 'fast-check';
import { randomNumbers } from '../support/randomNumbers.ts';
import { type Met, nothingMet } from './trouble.ts';

/** A history in which an invariant did not hold. */
export interface Violation {
  /** Draws this history again, in its campaign; undefined when it took many. */
  readonly seed: number | undefined;
  /** What did not hold, in the shortest history. */
  readonly what: readonly string[];
  /** The shortest history that shows it, as text. */
  readonly shortest: string;
  /** How many shorter ones were played to find it. */
  readonly tried: number;
}

/** What came of a campaign so far. */
export interface CampaignReport {
  histories: number;
  readonly met: Met;
  readonly violations: Violation[];
}

export const emptyReport = (): CampaignReport => ({ histories: 0, met: nothingMet(), violations: [] });

export interface CampaignOptions {
  /** The seeds of the histories; each draws one. */
  readonly seeds: readonly number[];
  /** How many histories are under way at once. */
  readonly lanes: number;
  /** How long, in milliseconds, shorter histories are tried once one shows a violation. */
  readonly shorteningMs: number;
  /** No further history is begun once it is aborted; the campaign aborts it at the first violation. */
  readonly stop: AbortController;
  /** Is kept up to date, so that it can be read before the campaign has ended. */
  readonly report?: CampaignReport;
}

/** Plays one history after another, each to the end. */
export interface Lane<History> {
  /** Every way in which an invariant did not hold. */
  play(history: History): Promise<readonly string[]>;
  stop?(): Promise<void>;
}

/** What histories are drawn from, and how one is made shorter. */
export interface Drawn<History> {
  readonly histories: fc.Arbitrary<History>;
  /** Histories that are a little shorter, the shortest first. */
  shorter(history: History): Iterable<History>;
  /** The history as somebody reads it who looks for the fault; as JSON when it is left out. */
  text?(history: History): string;
}

/** Plays histories until one shows a violation, and then looks for the shortest that shows one. */
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

/** `count` seeds that look random and are the same for the same `seed`. */
export function seedsFrom(seed: number, count: number): number[] {
  const random = randomNumbers(seed);
  return Array.from({ length: count }, () => Math.floor(random() * 2 ** 31));
}

function drawOne<History>(histories: fc.Arbitrary<History>, seed: number): History {
  const [history] = fc.sample(histories, { numRuns: 1, seed });
  if (history === undefined) throw new Error('fast-check draws as many as it is asked for');
  return history;
}

interface Shown<History> {
  readonly history: History;
  readonly what: readonly string[];
}

/** Goes from a history to a shorter one that shows a violation too, as long as there is one and time is left. */
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

/** An error that the play did not expect is a violation like any other. */
async function playSafely<History>(lane: Lane<History>, history: History): Promise<readonly string[]> {
  try {
    return await lane.play(history);
  } catch (error) {
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
}

/** `history` with a part of one of its lists left out: a half, or a single element. */
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

/** `history` without its faults, and without each kind of them. */
export function* calmer<History extends { readonly chances: Readonly<Record<string, number>> }>(
  history: History,
): Generator<History> {
  const kinds = Object.keys(history.chances).filter(kind => history.chances[kind] !== 0);
  const none = Object.fromEntries(Object.keys(history.chances).map(kind => [kind, 0]));
  if (kinds.length > 1) yield { ...history, chances: none };
  for (const kind of kinds) yield { ...history, chances: { ...history.chances, [kind]: 0 } };
}

/** Each of these with other draws of its faults and its schedule: what shows a violation may need another order. */
export function* redrawn<History extends { readonly seed: number }>(
  histories: Iterable<History>,
): Generator<History> {
  for (const history of histories)
    for (const seed of [history.seed, history.seed + 1, history.seed + 2]) yield { ...history, seed };
}
