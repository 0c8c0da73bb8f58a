import type { Glyph } from './foldText.ts';

/**
 * The smallest unit that is looked up: a word in scripts with separators, or one character in other scripts.
 * `glyphs` are letters and digits.
 */
export interface Token {
  readonly glyphs: readonly Glyph[];
  /** The glyphs between the previous token and this one, without invisible characters. */
  readonly gap: readonly Glyph[];
}

/** Splits a folded text into tokens. */
export function tokensOf(glyphs: readonly Glyph[]): readonly Token[] {
  const tokens: Token[] = [];
  let gap: Glyph[] = [];
  let word: Glyph[] = [];
  const end = () => {
    if (word.length === 0) return;
    tokens.push({ glyphs: word, gap });
    gap = [];
    word = [];
  };
  for (const glyph of glyphs) {
    if (glyph.kind !== 'letter' && glyph.kind !== 'digit') {
      end();
      gap.push(glyph);
    } else if (glyph.writing === 'spaced') {
      word.push(glyph);
    } else {
      end();
      word.push(glyph);
      end();
    }
  }
  end();
  return tokens;
}

/** Returns how the script of a token separates words. */
export const writingOf = ({ glyphs }: Token) => glyphs[0]?.writing ?? 'spaced';

/** Removes signs at both ends that are used as punctuation: `wow!` is an exclamation, `@ann` a name. */
export function trimSigns(glyphs: readonly Glyph[]): readonly Glyph[] {
  let from = 0;
  let to = glyphs.length;
  while (from < to && isMark(glyphs[from])) from++;
  while (to > from && isMark(glyphs[to - 1])) to--;
  return glyphs.slice(from, to);
}

const isMark = (glyph: Glyph | undefined) => glyph?.kind === 'sign' && '!|@'.includes(glyph.char);
