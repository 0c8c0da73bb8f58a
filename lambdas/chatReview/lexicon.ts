import type { PlainWords } from './disguisedWords.ts';
import { foldText, type Glyph, type Writing } from './foldText.ts';
import { type Cell, readingsOf } from './readings.ts';
import { keyOf, type Spelling, spellingOf } from './spelling.ts';
import { type Token, tokensOf, trimSigns, writingOf } from './tokens.ts';

/** Words and phrases that are looked up token by token. */
export interface Lexicon {
  readonly root: Node;
  /** Whether a katakana word may match inside a longer one. If not, `タード` does not match in `マスタード`. */
  readonly isKatakanaFree: boolean;
  /** The words that are also searched in disguised form. */
  readonly plain?: PlainWords;
}

export interface Node {
  /** The edges by the key of the next part. Undefined at the end of a word or phrase. */
  readonly edges: Edges | undefined;
  /** The entry that the path from the root to this node spells. */
  readonly entry: Entry | undefined;
}

export interface Edges {
  get(key: string): readonly Edge[] | undefined;
}

export interface Edge {
  readonly spelling: Spelling;
  readonly node: Node;
}

export interface Entry {
  /** Whether the entry is never masked, including listed words inside it. */
  readonly isInnocent: boolean;
  /** Whether the entry is also a name. In Title Case it is not masked. */
  readonly isName: boolean;
  /**
   * Whether the entry is part of too many other words, so that it matches only where no character is attached
   * to it.
   */
  readonly isAlone?: boolean;
  readonly first: Writing;
  readonly last: Writing;
}

/** A node that paths are added to. */
export interface GrowingNode extends Node {
  edges: Map<string, GrowingEdge[]> | undefined;
  entry: Entry | undefined;
}

interface GrowingEdge extends Edge {
  readonly node: GrowingNode;
}

export const newNode = (): GrowingNode => ({ edges: undefined, entry: undefined });

/** Creates the lexicon of an owner's blocked terms. Terms are plain text, not patterns. */
export function lexiconOfTerms(terms: Iterable<string>): Lexicon {
  const root = newNode();
  for (const term of terms) {
    for (const { parts, first, last } of pathsOfTerm(term))
      addPath(root, parts, { isInnocent: false, isName: false, first, last });
  }
  return { root, isKatakanaFree: true };
}

type Part = readonly Pick<Cell, 'letters'>[];

/** If several entries have the same path, the first one wins. */
export function addPath(root: GrowingNode, parts: readonly Part[], entry: Entry): void {
  let node = root;
  for (const part of parts) node = childOf(node, keyOf(part), spellingOf(part));
  node.entry ??= entry;
}

interface Path {
  readonly parts: readonly Part[];
  readonly first: Writing;
  readonly last: Writing;
}

/** Returns the path of a word or phrase from the root, or undefined when the text contains no word. */
export function pathOf(text: string): Path | undefined {
  const glyphs = foldText(text);
  const tokens = tokensOf(glyphs);
  const [first, last] = [tokens.at(0), tokens.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const words = isOneWord(tokens, glyphs) ? [wordOf(glyphs)] : tokens.map(token => token.glyphs);
  // A single letter would match far too often. It is what remains of a text such as `(a+)+$`.
  if (writingOf(first) === 'spaced' && words.flat().length < 2) return undefined;
  const parts = words.flatMap(word => readingsOf(word).slice(0, 1));
  // The text has signs that stand for no letter.
  if (parts.length < words.length) return undefined;
  return { parts, first: writingOf(first), last: writingOf(last) };
}

/**
 * Returns the paths of a blocked term: its words and, if it contains no space, also all of it as one word
 * (`e.t.` also matches `ET`). Every term with a letter or digit can be found. A term of one letter matches
 * only where the letter stands alone.
 */
function pathsOfTerm(term: string): readonly Path[] {
  const glyphs = foldText(term);
  const tokens = tokensOf(glyphs);
  const [first, last] = [tokens.at(0), tokens.at(-1)];
  if (first === undefined || last === undefined) return [];
  const ends = { first: writingOf(first), last: writingOf(last) };
  const pathOfWords = (words: readonly (readonly Glyph[])[]): readonly Path[] => {
    const parts = words.flatMap(word => readingsOf(word).slice(0, 1));
    return parts.length < words.length ? [] : [{ parts, ...ends }];
  };
  const signed = isOneWord(tokens, glyphs) ? pathOfWords([wordOf(glyphs)]) : [];
  if (signed.length > 0) return signed;
  const words = tokens.map(token => token.glyphs);
  const isUnbroken =
    tokens.every(token => writingOf(token) === 'spaced') &&
    tokens.slice(1).every(({ gap }) => gap.every(({ kind }) => kind !== 'space'));
  return [...pathOfWords(words), ...(isUnbroken ? pathOfWords([words.flat()]) : [])];
}

/** Returns whether the text is one spoofed word: `a_s_s`, `sh!t`, `a$$`. */
function isOneWord(tokens: readonly Token[], glyphs: readonly Glyph[]): boolean {
  if (tokens.some(token => writingOf(token) !== 'spaced')) return false;
  if (tokens.length >= 3 && tokens.every(token => token.glyphs.length === 1)) return true;
  return trimSigns(glyphs).every(({ kind }) => kind === 'letter' || kind === 'digit' || kind === 'sign');
}

const wordOf = (glyphs: readonly Glyph[]) =>
  trimSigns(glyphs).filter(({ kind }) => kind === 'letter' || kind === 'digit' || kind === 'sign');

function childOf(node: GrowingNode, key: string, spelling: Spelling): GrowingNode {
  node.edges ??= new Map();
  const edges = node.edges.get(key) ?? [];
  node.edges.set(key, edges);
  const same = edges.find(edge => isSame(edge.spelling, spelling));
  if (same !== undefined) return same.node;
  const child = newNode();
  edges.push({ spelling, node: child });
  return child;
}

function isSame(a: Spelling, b: Spelling): boolean {
  return (
    a.runs.length === b.runs.length &&
    a.runs.every(({ letter, length }, at) => b.runs[at]?.letter === letter && b.runs[at]?.length === length)
  );
}
