import { PlainWords } from './disguisedWords.ts';
import { foldText, type Glyph, type Writing } from './foldText.ts';
import { type Cell, readingsOf } from './readings.ts';
import { keyOf, keyOfWord, type Spelling, spellingOf } from './spelling.ts';
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
  /** None at the end of most words: a map for each would be half of what the lexicon takes to make. */
  edges: Map<string, Edge[]> | undefined;
  /** What the path from the root to here is. */
  entry: Entry | undefined;
}

interface Edge {
  readonly spelling: Spelling;
  readonly node: Node;
}

export interface Entry {
  /** An innocent entry is left as it is, with whatever is found inside. */
  readonly isInnocent: boolean;
  /** It is a name as well: in Title Case it is left. */
  readonly isName: boolean;
  readonly first: Writing;
  readonly last: Writing;
}

const newNode = (): Node => ({ edges: undefined, entry: undefined });

/** The lexicon of an owner's blocked terms: they are text, whatever they hold. */
export function lexiconOfTerms(terms: Iterable<string>): Lexicon {
  const root = newNode();
  for (const term of terms)
    for (const path of pathsOfTerm(term)) addPath(root, path, { isInnocent: false, isName: false });
  return { root, isKatakanaFree: true };
}

/** The lexicon of `words`, and of phrases that are `innocent` although words are in them. */
export function lexiconOf(
  words: Iterable<string>,
  innocent: Iterable<string>,
  isKatakanaFree: boolean,
  names: ReadonlySet<string> = new Set(),
): Lexicon {
  const root = newNode();
  const listed = [...words];
  for (const phrase of innocent) add(root, phrase, { isInnocent: true, isName: false });
  for (const word of listed) add(root, word, { isInnocent: false, isName: names.has(word) });
  return { root, isKatakanaFree, plain: new PlainWords(listed.flatMap(word => plainOf(word) ?? [])) };
}

const spaced = /^(?:\p{Script=Latin}|\p{Script=Cyrillic}|\p{Script=Greek})+$/u;

/** A word of letters alone, without accents; undefined for everything else. */
function plainOf(word: string): string | undefined {
  if (/^[a-z]+$/.test(word)) return word;
  const plain = word.normalize('NFD').replace(/\p{M}/gu, '');
  return spaced.test(plain) ? plain : undefined;
}

type Kind = Pick<Entry, 'isInnocent' | 'isName'>;

function add(root: Node, text: string, kind: Kind): void {
  // Most of the built-in words, which are read each time a function starts: as they are.
  if (/^[a-z]{2,}$/.test(text)) {
    addWord(root, text, kind);
    return;
  }
  const path = pathOf(text);
  if (path !== undefined) addPath(root, path, kind);
}

/** An edge whose spelling is made when a message comes near it, which for most words is never. */
class WordEdge implements Edge {
  readonly node: Node;
  readonly #word: string;
  #spelling: Spelling | undefined;

  constructor(word: string, node: Node) {
    this.#word = word;
    this.node = node;
  }

  get spelling(): Spelling {
    this.#spelling ??= spellingOf([...this.#word].map(letters => ({ letters })));
    return this.#spelling;
  }
}

function addWord(root: Node, word: string, kind: Kind): void {
  const node: Node = { edges: undefined, entry: { ...kind, first: 'spaced', last: 'spaced' } };
  root.edges ??= new Map();
  const key = keyOfWord(word);
  const edges = root.edges.get(key);
  if (edges === undefined) root.edges.set(key, [new WordEdge(word, node)]);
  else edges.push(new WordEdge(word, node));
}

function addPath(root: Node, path: Path, kind: Kind): void {
  let node = root;
  for (const part of path.parts) node = childOf(node, keyOf(part), spellingOf(part));
  node.entry ??= { ...kind, first: path.first, last: path.last };
}

interface Path {
  readonly parts: readonly (readonly Pick<Cell, 'letters'>[])[];
  readonly first: Writing;
  readonly last: Writing;
}

/** Where a word or phrase is found from the root; undefined when there is no word in it. */
function pathOf(text: string): Path | undefined {
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

function childOf(node: Node, key: string, spelling: Spelling): Node {
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
