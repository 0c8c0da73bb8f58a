import type { PlainWords } from './disguisedWords.ts';
import { foldText, type Glyph, type Writing } from './foldText.ts';
import { type Cell, readingsOf } from './readings.ts';
import { keyOf, type Spelling, spellingOf } from './spelling.ts';
import { type Token, tokensOf, trimSigns, writingOf } from './tokens.ts';

/** Words and phrases, to be looked up token by token. */
export interface Lexicon {
  readonly root: Node;
  /** Whether a katakana word may stand inside a longer one: `タード` is not in `マスタード`. */
  readonly isKatakanaFree: boolean;
  /** Those of the words that are looked for in disguise. */
  readonly plain?: PlainWords;
}

export interface Node {
  /** By the key of what comes next; none at the end of a word or phrase. */
  readonly edges: Edges | undefined;
  /** What the path from the root to here is. */
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
  /** An innocent entry is left as it is, with whatever is found inside. */
  readonly isInnocent: boolean;
  /** It is a name as well: in Title Case it is left. */
  readonly isName: boolean;
  /** It is a part of too many words: it is found only where nothing is written on to it. */
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

/** The lexicon of an owner's blocked terms: they are text, whatever they hold. */
export function lexiconOfTerms(terms: Iterable<string>): Lexicon {
  const root = newNode();
  for (const term of terms) {
    for (const { parts, first, last } of pathsOfTerm(term))
      addPath(root, parts, { isInnocent: false, isName: false, first, last });
  }
  return { root, isKatakanaFree: true };
}

type Part = readonly Pick<Cell, 'letters'>[];

/** Where several entries have one path, the first one counts. */
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

/** Where a word or phrase is found from the root; undefined when there is no word in it. */
export function pathOf(text: string): Path | undefined {
  const glyphs = foldText(text);
  const tokens = tokensOf(glyphs);
  const [first, last] = [tokens.at(0), tokens.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const words = isOneWord(tokens, glyphs) ? [wordOf(glyphs)] : tokens.map(token => token.glyphs);
  // A single letter is all that is left of `(a+)+$`, and is half of what people write.
  if (writingOf(first) === 'spaced' && words.flat().length < 2) return undefined;
  const parts = words.flatMap(word => readingsOf(word).slice(0, 1));
  // Signs among letters that no sign stands for.
  if (parts.length < words.length) return undefined;
  return { parts, first: writingOf(first), last: writingOf(last) };
}

/**
 * Where a blocked term is found: as the words that it is made of and, where no space is between them, as one word as
 * well (`e.t.` is also `ET`). Each term that has a letter or a digit is found. One letter is found where it stands alone.
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

/** A word that is written as a spoof of itself: `a_s_s`, `sh!t`, `a$$`. */
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
