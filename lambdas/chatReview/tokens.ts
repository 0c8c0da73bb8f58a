import type { Glyph } from './foldText.ts';

/**
 * The smallest thing that is looked up: a word of a script that has something between its words, or one character of
 * any other. `glyphs` are letters and digits.
 */
export interface Token {
  readonly glyphs: readonly Glyph[];
  /** What stands between the token before it and this one, invisible characters left out. */
  readonly gap: readonly Glyph[];
}

/** Cuts a text that was folded into its tokens. */
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

/** The script of a token. */
export const writingOf = ({ glyphs }: Token) => glyphs[0]?.writing ?? 'spaced';

/** `glyphs` without the signs at either end that are there as what they are: `wow!` is a cry, `@ann` a name. */
export function trimSigns(glyphs: readonly Glyph[]): readonly Glyph[] {
  let from = 0;
  let to = glyphs.length;
  while (from < to && isMark(glyphs[from])) from++;
  while (to > from && isMark(glyphs[to - 1])) to--;
  return glyphs.slice(from, to);
}

const isMark = (glyph: Glyph | undefined) => glyph?.kind === 'sign' && '!|@'.includes(glyph.char);
