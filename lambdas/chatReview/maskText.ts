import { disguised } from './disguisedWords.ts';
import { foldText, type Glyph, type Writing } from './foldText.ts';
import type { Entry, Lexicon, Node } from './lexicon.ts';
import { readingsOf } from './readings.ts';
import { isExactly, keyOf, spells, type Work } from './spelling.ts';
import { joinedWords, spelledWords, wordsWithSigns } from './spoofedWords.ts';
import { type Token, tokensOf, writingOf } from './tokens.ts';

/** The maximum number of tokens in a phrase. Longer phrases are not searched. */
const MAX_PHRASE = 32;

/**
 * Replaces each character of a word in one of the `lexicons` with an asterisk. The rest stays the same, so
 * the length in code points does not change. Characters between the letters of a word stay.
 *
 * In scripts with separators between words, only whole words match. The run time is linear in the length of
 * the text for every text and lexicon: no regular expression is built from either, and there is no
 * backtracking. `work` counts the steps.
 */
export function maskText(text: string, lexicons: readonly Lexicon[], work: Work = { steps: 0 }): string {
  const glyphs = foldText(text);
  const tokens = tokensOf(glyphs);
  if (tokens.length === 0) return text;
  const words = [...wordsWithSigns(glyphs), ...spelledWords(tokens), ...joinedWords(tokens)];
  const masked = new Set<Glyph>();
  for (const lexicon of lexicons) {
    const { found, innocent } = inPhrases(tokens, lexicon, work);
    for (const glyph of found) masked.add(glyph);
    if (lexicon.plain !== undefined) {
      const others = tokens.filter(({ glyphs }) => glyphs[0] === undefined || !innocent.has(glyphs[0]));
      for (const glyph of disguised(others, lexicon.plain, work)) masked.add(glyph);
    }
    for (const word of words) {
      for (const { node } of step([rootOf(lexicon)], word, work)) {
        if (node.entry?.isInnocent === false) for (const glyph of word) masked.add(glyph);
      }
    }
  }
  return masked.size === 0 ? text : withAsterisks(text, masked);
}

interface Found {
  readonly from: number;
  readonly to: number;
  readonly entry: Entry;
  readonly isExact: boolean;
}

/** A node, and whether the text on the path to it equals the listed word, without repeated letters. */
interface Reached {
  readonly node: Node;
  readonly isExact: boolean;
}

const rootOf = ({ root }: Lexicon): Reached => ({ node: root, isExact: true });

/** Returns the glyphs of the words and phrases that are found token by token. */
function inPhrases(
  tokens: readonly Token[],
  lexicon: Lexicon,
  work: Work,
): { found: Glyph[]; innocent: ReadonlySet<Glyph> } {
  const found: Found[] = [];
  for (let from = 0; from < tokens.length; from++) {
    let reached: readonly Reached[] = [rootOf(lexicon)];
    for (let to = from; to < tokens.length && to < from + MAX_PHRASE; to++) {
      const token = tokens[to];
      if (token === undefined || (to > from && !isWithin(token, tokens[to - 1]))) break;
      reached = step(reached, token.glyphs, work);
      if (reached.length === 0) break;
      const here = reached.flatMap(({ node: { entry }, isExact }): Found[] =>
        entry !== undefined && isWhole(entry, tokens, from, to, lexicon)
          ? [{ from, to, entry, isExact }]
          : [],
      );
      // A listed `boot` is not the innocent `bot` with a repeated letter.
      const isListed = here.some(({ entry, isExact }) => isExact && !entry.isInnocent);
      found.push(...here.filter(({ entry, isExact }) => isExact || !entry.isInnocent || !isListed));
    }
  }
  // For each token, the last token of an innocent phrase that contains both.
  const innocentTo = new Map<number, number>();
  for (const { from, to, entry } of found) {
    if (!entry.isInnocent) continue;
    for (let at = from; at <= to; at++) innocentTo.set(at, Math.max(to, innocentTo.get(at) ?? to));
  }
  const glyphsOf = (from: number, to: number) => tokens.slice(from, to + 1).flatMap(token => token.glyphs);
  return {
    found: found
      .filter(({ entry }) => !entry.isInnocent)
      .filter(({ from, to }) => (innocentTo.get(from) ?? -1) < to)
      .flatMap(({ from, to }) => glyphsOf(from, to)),
    innocent: new Set([...innocentTo.keys()].flatMap(at => glyphsOf(at, at))),
  };
}

/** Returns the nodes that any reading of `glyphs` leads to. */
function step(reached: readonly Reached[], glyphs: readonly Glyph[], work: Work): readonly Reached[] {
  const next: Reached[] = [];
  for (const reading of readingsOf(glyphs)) {
    const key = keyOf(reading);
    work.steps += glyphs.length;
    for (const { node: from, isExact } of reached) {
      for (const { spelling, node } of from.edges?.get(key) ?? []) {
        if (spells(reading, spelling, work))
          next.push({ node, isExact: isExact && isExactly(reading, spelling) });
      }
    }
  }
  return next;
}

/**
 * Returns whether a phrase can continue from `before` to `token`. More than three characters between them end
 * a phrase.
 */
function isWithin(token: Token, before: Token | undefined): boolean {
  if (before === undefined || token.gap.length > 3) return false;
  // In scripts without spaces, punctuation and spaces separate words.
  if (!isUnspaced(token) || !isUnspaced(before)) return true;
  return token.gap.length === 0 || (token.gap.length === 1 && '*-_.·・'.includes(token.gap[0]?.char ?? ' '));
}

const isUnspaced = (token: Token) => writingOf(token) === 'free' || writingOf(token) === 'katakana';

/**
 * Returns whether the match is not part of a longer word. In scripts with spaces every token is a whole word.
 */
function isWhole(
  { first, last, isName, isAlone }: Entry,
  tokens: readonly Token[],
  from: number,
  to: number,
  { isKatakanaFree }: Lexicon,
): boolean {
  const isKatakana = (writing: Writing) => writing === 'katakana' && !isKatakanaFree;
  const isWrittenOn = (token: Token | undefined, neighbor: Token | undefined, writing: Writing) =>
    token?.gap.length === 0 && neighbor !== undefined && writingOf(neighbor) === writing;
  if (isName && from === to && isTitleCase(tokens[from])) return false;
  const before = tokens[from - 1];
  const after = tokens[to + 1];
  if (isAlone && (isWrittenOn(tokens[from], before, first) || isWrittenOn(after, after, last))) return false;
  // Korean particles are attached to the end of a word, never to its start.
  if ((first === 'hangul' || isKatakana(first)) && isWrittenOn(tokens[from], before, first)) return false;
  return !(isKatakana(last) && isWrittenOn(after, after, last));
}

const isTitleCase = (token: Token | undefined) =>
  token?.glyphs.every(({ isSmall }, at) => isSmall === at > 0);

function withAsterisks(text: string, masked: ReadonlySet<Glyph>): string {
  const isMasked = new Uint8Array(text.length);
  for (const { from, to } of masked) isMasked.fill(1, from, to);
  let out = '';
  let at = 0;
  for (const char of text) {
    out += isMasked[at] ? '*' : char;
    at += char.length;
  }
  return out;
}
