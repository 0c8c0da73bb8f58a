import type { Cell } from './readings.ts';

// How a word on a list is found although letters of it were repeated (fuuuuck) or written with look-alikes (sh1t).
// A word has a `key` that all its spellings share: one step in a hash finds the few words that it may be, and `spells`
// then looks at each letter.

/** What a word may be read as, letter by letter. */
type Letters = readonly Pick<Cell, 'letters'>[];

/** A word as the runs of equal letters that it is made of: of `ass`, one `a` and two `s`. */
export interface Spelling {
  readonly runs: readonly { readonly letter: string; readonly length: number }[];
}

/** Letters that may be read for one another share a class, and repeating a letter does not change the key. */
export function keyOf(reading: Letters): string {
  let key = '';
  let last = '';
  for (const { letters } of reading) {
    const first = letters.codePointAt(0);
    const one = classOf(first === undefined ? '' : String.fromCodePoint(first));
    if (one !== last) key += one;
    last = one;
  }
  return key;
}

const classOf = (letter: string) => (letter === 'l' ? 'i' : letter === 'v' ? 'u' : letter);

/** The spelling of a word on a list, read as its likeliest letters. */
export function spellingOf(reading: Letters): Spelling {
  const runs: { letter: string; length: number }[] = [];
  for (const { letters } of reading) {
    const letter = String.fromCodePoint(letters.codePointAt(0) ?? 0);
    const last = runs.at(-1);
    if (last?.letter === letter) last.length++;
    else runs.push({ letter, length: 1 });
  }
  return { runs };
}

/**
 * Whether `reading` is the word of `spelling`, or that with letters repeated. A letter written three times and more
 * counts as any number of it. Written twice where the word has it once, it counts if it is a vowel inside or a
 * consonant at the end, where other words seldom differ by that alone: `bonner` is not `boner`, `assess` not `asses`,
 * `cull` not `cul`.
 */
export function spells(reading: Letters, { runs }: Spelling, work: Work): boolean {
  // One letter is that letter and no other: `l` is not `i`, `aaa` is a cry.
  const [only] = runs;
  if (only !== undefined && runs.length === 1 && only.length === 1)
    return (
      reading.length === 1 && String.fromCodePoint(reading[0]?.letters.codePointAt(0) ?? 0) === only.letter
    );
  // The places in `reading` that the runs so far may have come to.
  let reached = new Set([0]);
  for (const [index, { letter, length }] of runs.entries()) {
    const next = new Set<number>();
    const isLast = index === runs.length - 1;
    for (const from of reached) {
      for (let count = 1; reading[from + count - 1]?.letters.includes(letter); count++) {
        work.steps++;
        if (isSpelling(letter, length, count, index, isLast)) next.add(from + count);
      }
    }
    if (next.size === 0) return false;
    reached = next;
  }
  return reached.has(reading.length);
}

/** Whether `reading`, as its likeliest letters, is the word of `spelling` without a letter repeated. */
export function isExactly(reading: Letters, { runs }: Spelling): boolean {
  let at = 0;
  for (const { letter, length } of runs)
    for (const end = at + length; at < end; at++) if (!reading[at]?.letters.startsWith(letter)) return false;
  return at === reading.length;
}

function isSpelling(letter: string, wanted: number, count: number, index: number, isLast: boolean): boolean {
  if (count === wanted) return true;
  if (count < wanted) return false;
  if (count >= 3) return true;
  const isVowel = 'aeiou'.includes(letter);
  return isLast ? index > 2 && !isVowel && letter !== 's' : index > 0 && isVowel;
}

/** Counts what the review of a text does, to show that it grows with the text and not faster. */
export interface Work {
  steps: number;
}
