import { latinVariants, leetLetters } from './lookAlikes.ts';

/**
 * How a script separates words: `spaced`, with separators; `free`, without separators; `katakana`, in runs of
 * its own among other scripts; `hangul`, spaced, with endings attached to words.
 */
export type Writing = 'spaced' | 'free' | 'katakana' | 'hangul';

/** One character after folding. */
export interface Glyph {
  readonly kind: 'letter' | 'digit' | 'sign' | 'space' | 'other';
  /** The character in lower case, without accents. */
  readonly char: string;
  readonly writing: Writing;
  /** Whether the character was in lower case. A capital I among lower-case letters looks like an l. */
  readonly isSmall: boolean;
  /** The position in the text in UTF-16 units, including accents: `from` is inclusive, `to` exclusive. */
  readonly from: number;
  readonly to: number;
}

// Marks that occur in any script: accents and the stacked marks of "Zalgo" text. Not included are the vowel
// signs of Devanagari and other scripts, which count as letters, and the two voicing marks of kana.
const accent = /^(?![\u3099\u309a])(?=\p{M})\p{Script=Inherited}$/u;
const accents = /(?![\u3099\u309a])(?=\p{M})\p{Script=Inherited}/gu;
// Invisible characters: zero-width and direction characters, soft hyphens, fillers of Hangul, tags, and the
// character that stretches Arabic words.
const invisible =
  /^(?:\p{Cf}|\p{Variation_Selector}|\u034f|\u115f|\u1160|\u17b4|\u17b5|\u3164|\uffa0|\u0640)$/u;
// Vowels and finals of Hangul, and voicing marks of kana. They combine with the preceding character.
const joining = /^[\u1161-\u11ff\u3099\u309a]$/u;

const letter = /^[\p{L}\p{M}]$/u;
const digit = /^\p{N}$/u;
const space = /^[\s\p{Z}\u2800]$/u;
const hangul = /^\p{Script=Hangul}$/u;
const katakana = /^[\p{Script=Katakana}\u30fc]$/u;
const free =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Bopomofo}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]$/u;

/** The folded form of a character: an accent of the preceding character, or zero or more characters. */
type Plain = 'accent' | readonly Pick<Glyph, 'kind' | 'char' | 'writing'>[];

// Unicode lookups take ten times as long as the rest, and a chat uses few characters outside its alphabet, so
// results are cached.
const MAX_KNOWN = 4_096;
const known = new Map<string, Plain>();

/**
 * Folds `text` character by character: each character becomes its base form without accents, and invisible
 * characters are removed. Each glyph records its position in the text. The run time is linear in the length
 * of the text.
 */
export function foldText(text: string): readonly Glyph[] {
  const glyphs: Glyph[] = [];
  let from = 0;
  for (const char of text) {
    const to = from + char.length;
    const plain = plainOf(char);
    if (plain === 'accent') extendLast(glyphs, from, to);
    else {
      const isSmall = char !== char.toUpperCase();
      for (const { kind, char, writing } of plain) {
        if (char < '\u1161' || !joining.test(char) || !joinLast(glyphs, char, to))
          glyphs.push({ kind, char, writing, isSmall, from, to });
      }
    }
    from = to;
  }
  return glyphs;
}

function plainOf(char: string): Plain {
  const found = known.get(char);
  if (found !== undefined) return found;
  const plain = findPlain(char);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(char, plain);
  return plain;
}

function findPlain(char: string): Plain {
  if (accent.test(char)) return 'accent';
  if (invisible.test(char)) return [];
  const boxed = boxedLetter(char.codePointAt(0) ?? 0);
  const whole = boxed ?? char.normalize('NFKC').toLowerCase().normalize('NFD').replace(accents, '');
  return (
    [...whole.normalize('NFC')]
      .flatMap(one => [...(latinVariants.get(one) ?? one)])
      // Some ligatures of Arabic contain the character that stretches words.
      .filter(one => !invisible.test(one))
      .map(one => ({ kind: kindOf(one), char: one, writing: writingOfChar(one) }))
  );
}

// Unicode does not decompose negative circled and squared letters. They are capital letters.
function boxedLetter(code: number): string | undefined {
  for (const first of [0x1f150, 0x1f170]) {
    if (code >= first && code < first + 26) return String.fromCharCode(0x61 + code - first);
  }
  return undefined;
}

function kindOf(char: string): Glyph['kind'] {
  if (digit.test(char)) return 'digit';
  if (leetLetters.has(char)) return 'sign';
  if (letter.test(char) || char === '\u30fc') return 'letter';
  return space.test(char) ? 'space' : 'other';
}

// Latin letters with accents end before this range.
const beyondLatin = /[\u0250-\u{10ffff}]/u;

export const isBeyondLatin = (text: string): boolean => beyondLatin.test(text);

/** Returns how the script of a folded character separates words. */
export function writingOfChar(char: string): Writing {
  if (free.test(char)) return 'free';
  if (katakana.test(char)) return 'katakana';
  return hangul.test(char) ? 'hangul' : 'spaced';
}

function extendLast(glyphs: Glyph[], from: number, to: number): void {
  const last = glyphs.pop();
  if (last !== undefined) glyphs.push(last.to === from ? { ...last, to } : last);
}

/** Combines the last character with `mark` if Unicode has the combined character. */
function joinLast(glyphs: Glyph[], mark: string, to: number): boolean {
  const last = glyphs.at(-1);
  if (last === undefined) return false;
  const joined = `${last.char}${mark}`.normalize('NFC');
  if ([...joined].length !== 1) return false;
  glyphs[glyphs.length - 1] = { ...last, char: joined, to };
  return true;
}
