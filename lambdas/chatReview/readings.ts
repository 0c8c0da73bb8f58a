import type { Glyph } from './foldText.ts';
import { cyrillicAsLatin, greekAsLatin, latinAsCyrillic, leetLetters, sameAsLatin } from './lookAlikes.ts';

/** A character of a word with the letters that it may be read as, the most likely first. */
export interface Cell {
  readonly letters: string;
  readonly glyph: Glyph;
}

/** One reading of a word. */
export type Reading = readonly Cell[];

const cyrillic = /^\p{Script=Cyrillic}$/u;
const greek = /^\p{Script=Greek}$/u;

/**
 * Returns at most two readings of `glyphs`: a word that mixes scripts is read in each of them. Signs count
 * only as letters, so a word with signs has no reading if digits and signs do not count as letters in it.
 *
 * Digits and signs count as letters only next to at least as many real letters: `5h1t` is a word, but `a55`
 * and `s23` are names.
 */
export function readingsOf(glyphs: readonly Glyph[]): readonly Reading[] {
  let letters = 0;
  let digits = 0;
  let signs = 0;
  let isLatin = false;
  let isCyrillic = false;
  let isGreek = false;
  let isSame = true;
  for (const { kind, char } of glyphs) {
    if (kind === 'digit') digits++;
    else if (kind === 'sign') signs++;
    else {
      letters++;
      if (isPlainLatin(char)) isLatin = true;
      else if (cyrillicAsLatin.has(char) || cyrillic.test(char)) {
        isCyrillic = true;
        isSame &&= sameAsLatin.has(char);
      } else if (greek.test(char)) isGreek = true;
    }
  }
  const isLeet = letters > 0 && digits <= letters && isLatin;
  if (signs > 0 && !isLeet) return [];
  if (!isCyrillic && !isGreek) return [glyphs.map((glyph, at) => cellOf(glyph, isLeet, glyphs, at))];
  if (!isLatin && (isGreek || !isSame)) return [glyphs.map(asWritten)];
  const asLatin = glyphs.map((glyph, at) => cellOf(toLatin(glyph), isLeet, glyphs, at));
  if (!isLatin) return [glyphs.map(asWritten), asLatin];
  return [asLatin, glyphs.map(glyph => asWritten(toCyrillic(glyph)))];
}

const asWritten = (glyph: Glyph): Cell => ({ letters: glyph.char, glyph });

function toLatin(glyph: Glyph): Glyph {
  const char = cyrillicAsLatin.get(glyph.char) ?? greekAsLatin.get(glyph.char);
  return char === undefined ? glyph : { ...glyph, char };
}

function toCyrillic(glyph: Glyph): Glyph {
  const char = latinAsCyrillic.get(glyph.char);
  return char === undefined ? glyph : { ...glyph, char };
}

const isPlainLatin = (char: string) => char >= 'a' && char <= 'z';

function cellOf(glyph: Glyph, isLeet: boolean, glyphs: readonly Glyph[], at: number): Cell {
  const { kind, char } = glyph;
  if (kind !== 'letter') return { letters: (isLeet && leetLetters.get(char)) || char, glyph };
  // l for i and v for u are common and form no other words. The reverse would.
  if (char === 'l') return { letters: 'li', glyph };
  if (char === 'v') return { letters: 'vu', glyph };
  if (char === 'i' && !glyph.isSmall && glyphs[at - 1]?.isSmall && glyphs[at + 1]?.isSmall !== false)
    return { letters: 'il', glyph };
  return { letters: char, glyph };
}
