import type { Cell } from './readings.ts';

// Finds a listed word although letters are repeated (fuuuuck) or replaced by look-alikes (sh1t). All
// spellings of a word share a `key`: one hash lookup finds the few candidates, and `spells` compares the
// letters.

/** The possible readings of each letter of a word. */
type Letters = readonly Pick<Cell, 'letters'>[];

/** A word as runs of equal letters: `ass` is one `a` and two `s`. */
export interface Spelling {
  readonly runs: readonly { readonly letter: string; readonly length: number }[];
}

/**
 * Returns the key of a word. Letters that may replace each other share a class, and repeated letters do not
 * change the key.
 */
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

/** Returns the spelling of a listed word from its most likely letters. */
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
 * Returns whether `reading` is the word of `spelling`, possibly with repeated letters. A letter that occurs
 * three or more times counts as any number of it. A letter that occurs twice instead of once counts if it is
 * a vowel inside the word or a consonant at its end, where words seldom differ only by this: `bonner` is not
 * `boner`, `assess` not `asses`, `cull` not `cul`.
 */
export function spells(reading: Letters, { runs }: Spelling, work: Work): boolean {
  // A word of one letter matches only that letter: `l` is not `i`, and `aaa` is an exclamation.
  const [only] = runs;
  if (only !== undefined && runs.length === 1 && only.length === 1)
    return (
      reading.length === 1 && String.fromCodePoint(reading[0]?.letters.codePointAt(0) ?? 0) === only.letter
    );
  // The positions in `reading` that the runs so far can end at.
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

/** Returns whether the most likely letters of `reading` are the word of `spelling`, without repeated letters. */
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

/** Counts the steps of a review, to test that they grow linearly with the text. */
export interface Work {
  steps: number;
}
