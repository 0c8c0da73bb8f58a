import { latinVariants, leetLetters } from './lookAlikes.ts';

/**
 * How a script writes words: `spaced`, with something between them; `free`, with nothing; `katakana`, in runs of their
 * own among other scripts; `hangul`, spaced, and with endings that are written on.
 */
export type Writing = 'spaced' | 'free' | 'katakana' | 'hangul';

/** One character as it is read, whatever it was written with. */
export interface Glyph {
  readonly kind: 'letter' | 'digit' | 'sign' | 'space' | 'other';
  /** In lower case, without accents. */
  readonly char: string;
  readonly writing: Writing;
  /** Whether it was written as a small letter: a capital I among those looks like an l. */
  readonly isSmall: boolean;
  /** Where it was written in the text, in UTF-16 units, accents included: `from` up to `to`. */
  readonly from: number;
  readonly to: number;
}

// Marks that any script may bear: accents and the stacked ones of "Zalgo" text. Not the vowel signs of Devanagari and
// others, which are as good as letters, nor the two that turn one kana into another.
const accent = /^(?![\u3099\u309a])(?=\p{M})\p{Script=Inherited}$/u;
const accents = /(?![\u3099\u309a])(?=\p{M})\p{Script=Inherited}/gu;
// What is not seen: zero-width and direction characters, soft hyphens, fillers of Hangul, tags; and the stretch of Arabic.
const invisible =
  /^(?:\p{Cf}|\p{Variation_Selector}|\u034f|\u115f|\u1160|\u17b4|\u17b5|\u3164|\uffa0|\u0640)$/u;
// Vowels and finals of Hangul, and voicing marks of kana: they make one character with what they follow.
const joining = /^[\u1161-\u11ff\u3099\u309a]$/u;

const letter = /^[\p{L}\p{M}]$/u;
const digit = /^\p{N}$/u;
const space = /^[\s\p{Z}\u2800]$/u;
const hangul = /^\p{Script=Hangul}$/u;
const katakana = /^[\p{Script=Katakana}\u30fc]$/u;
const free =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Bopomofo}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]$/u;

/** What a character is read as, wherever it stands: an accent of what is before it, nothing, or other characters. */
type Plain = 'accent' | readonly Pick<Glyph, 'kind' | 'char' | 'writing'>[];

// Asking Unicode takes ten times as long as all the rest, and a chat has few characters that are not in its alphabet.
const MAX_KNOWN = 4_096;
const known = new Map<string, Plain>();

/**
 * Reads `text` character by character: each as the plain one that it is a form of, without accents; what cannot be seen
 * is left out. Each of the result says where in the text it was written. The time it takes grows with the text's length.
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
  return [...whole.normalize('NFC')]
    .flatMap(one => [...(latinVariants.get(one) ?? one)])
    .map(one => ({ kind: kindOf(one), char: one, writing: writingOfChar(one) }));
}

// White letters on black, in a circle or a square, are the capital letters that Unicode does not decompose.
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

// What Latin letters are made of in Unicode, with accents and all, ends here.
const beyondLatin = /[\u0250-\u{10ffff}]/u;

export const isBeyondLatin = (text: string): boolean => beyondLatin.test(text);

/** The script of one folded character. */
export function writingOfChar(char: string): Writing {
  if (free.test(char)) return 'free';
  if (katakana.test(char)) return 'katakana';
  return hangul.test(char) ? 'hangul' : 'spaced';
}

function extendLast(glyphs: Glyph[], from: number, to: number): void {
  const last = glyphs.pop();
  if (last !== undefined) glyphs.push(last.to === from ? { ...last, to } : last);
}

/** Makes one character of the last one and `mark`, where Unicode has one. */
function joinLast(glyphs: Glyph[], mark: string, to: number): boolean {
  const last = glyphs.at(-1);
  if (last === undefined) return false;
  const joined = `${last.char}${mark}`.normalize('NFC');
  if ([...joined].length !== 1) return false;
  glyphs[glyphs.length - 1] = { ...last, char: joined, to };
  return true;
}
