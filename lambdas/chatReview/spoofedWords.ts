import type { Glyph } from './foldText.ts';
import { type Token, trimSigns, writingOf } from './tokens.ts';

// Words that are not tokens: with signs as letters (`sh!t`), or split (`f.u.c.k`, `f u c k`, `fu-ck`). Each
// function returns the glyphs of words to look up. Their number grows linearly with the text.

/** The longest word that is looked up. Longer words are words with repeated letters, which are tokens. */
const MAX_GLYPHS = 64;

/**
 * Returns the words that contain signs in three forms: with all signs as letters, with only the inner signs,
 * and without signs.
 */
export function wordsWithSigns(glyphs: readonly Glyph[]): readonly (readonly Glyph[])[] {
  const words: (readonly Glyph[])[] = [];
  let word: Glyph[] = [];
  let hasSign = false;
  const end = () => {
    if (hasSign && word.length <= MAX_GLYPHS) {
      words.push(word);
      const inner = trimSigns(word);
      if (inner.length < word.length && inner.some(isSign)) words.push(inner);
      if (inner.some(isSign)) words.push(word.filter(glyph => !isSign(glyph)));
    }
    word = [];
    hasSign = false;
  };
  for (const glyph of glyphs) {
    const isPart = glyph.writing === 'spaced' && (glyph.kind === 'letter' || glyph.kind === 'digit');
    if (isPart || isSign(glyph)) {
      word.push(glyph);
      hasSign ||= isSign(glyph);
    } else end();
  }
  end();
  return words;
}

/**
 * Returns words of three or more single letters with the same separator, and the same words without a letter
 * at either end.
 */
export function spelledWords(tokens: readonly Token[]): readonly (readonly Glyph[])[] {
  const words: (readonly Glyph[])[] = [];
  let word: Glyph[] = [];
  let between: string | undefined;
  const end = () => {
    if (word.length >= 3 && word.length <= MAX_GLYPHS) {
      words.push(word);
      // `i f u c k u`
      if (word.length > 3) words.push(word.slice(1), word.slice(0, -1));
      if (word.length > 4) words.push(word.slice(1, -1));
      words.push(...withoutObject(word));
    }
    word = [];
    between = undefined;
  };
  for (const { glyphs, gap } of tokens) {
    const [glyph] = glyphs;
    const separator = gap.map(({ char }) => char).join('');
    const isAlone = glyphs.length === 1 && glyph?.writing === 'spaced';
    if (word.length > 0 && !(isAlone && isSeparator(gap) && separator === (between ?? separator))) end();
    if (!isAlone || glyph === undefined) continue;
    if (word.length > 0) between = separator;
    word.push(glyph);
  }
  end();
  return words;
}

// Spelled-out curses often end with their object.
const objects = ['you', 'off', 'him', 'her', 'them', 'this', 'it'];

function withoutObject(word: readonly Glyph[]): readonly (readonly Glyph[])[] {
  const spelled = word.map(({ char }) => char).join('');
  return objects.filter(object => spelled.endsWith(object)).map(object => word.slice(0, -object.length));
}

/**
 * Returns words of two to four tokens with one non-space character between each, and no other token attached.
 * For example, the path `/put-a-record` does not join two of its words.
 */
export function joinedWords(tokens: readonly Token[]): readonly (readonly Glyph[])[] {
  const words: (readonly Glyph[])[] = [];
  let parts: Token[] = [];
  const end = () => {
    if (parts.length >= 2 && parts.length <= 4 && !isMissingSpace(parts)) {
      const word = parts.flatMap(({ glyphs }) => glyphs);
      if (word.length <= MAX_GLYPHS) words.push(word);
    }
    parts = [];
  };
  for (const token of tokens) {
    const [joint, ...more] = token.gap;
    if (joint === undefined || more.length > 0 || !isJoint(joint)) end();
    if (writingOf(token) === 'spaced') parts.push(token);
    else end();
  }
  end();
  return words;
}

// `the pen.is mine` lacks a space; `fuc.k` was taken apart.
const isMissingSpace = (parts: readonly Token[]) =>
  parts.slice(1).some(({ gap }) => gap.some(isStop)) && parts.every(({ glyphs }) => glyphs.length > 1);

const isSign = ({ kind }: Glyph) => kind === 'sign';
const isStop = ({ char }: Glyph) => '.,:;?'.includes(char);

// Apostrophes are part of normal words (`who're`).
const isJoint = ({ kind, char }: Glyph) => kind !== 'space' && !"'’‘`".includes(char);

// Two or more asterisks are the result of earlier masking.
const isSeparator = (gap: readonly Glyph[]) =>
  gap.length >= 1 && gap.length <= 3 && gap.filter(({ char }) => char === '*').length <= 1;
