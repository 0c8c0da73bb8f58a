import { PlainWords } from './disguisedWords.ts';
import { writingOfChar } from './foldText.ts';
import { addPath, type Edge, type Edges, type Lexicon, newNode, pathOf } from './lexicon.ts';
import { keyOf } from './spelling.ts';

// A lexicon as text: one line for each word or phrase, sorted by code units. Folding and indexing several
// thousand words takes longer than the rest of a cold start, so the bundler does it at build time.
//
//   key [TAB word or phrase, its parts separated by spaces [TAB mark]]
//
// `key` is the key of the first part. A word that equals its key is not repeated. A tab sorts before every
// letter, so the lines of one key are adjacent.

/** The mark of an entry. Most entries have none. */
type Mark = 'innocent' | 'name' | 'undisguised' | 'alone' | undefined;
const marks: ReadonlyMap<string, Mark> = new Map([
  ['i', 'innocent'],
  ['n', 'name'],
  ['u', 'undisguised'],
  ['a', 'alone'],
]);

interface LexiconText {
  readonly words: Iterable<string>;
  /** Phrases that are not masked although they contain listed words. */
  readonly innocent: Iterable<string>;
  /** The words that are also names. */
  readonly names: ReadonlySet<string>;
  /** Returns whether a word is part of many other words. */
  readonly isAlone?: (word: string) => boolean;
}

/** Creates the lines of a lexicon. Entries that no text can match, such as emoji or signs, are left out. */
export function linesOf({ words, innocent, names, isAlone = () => false }: LexiconText): string {
  const lines = new Map<string, string>();
  const add = (text: string, mark: (whole: string) => string) => {
    const parts = pathOf(text)?.parts ?? [];
    const [first] = parts;
    if (first === undefined) return;
    const whole = parts.map(lettersOf).join(' ');
    if (!lines.has(whole)) lines.set(whole, lineOf(keyOf(first), whole, mark(whole)));
  };
  for (const phrase of innocent) add(phrase, () => 'i');
  for (const word of words)
    add(word, whole => (names.has(word) ? 'n' : isAlone(word) ? 'a' : isDisguisable(whole) ? '' : 'u'));
  return [...lines.values()].sort().join('\n');
}

function lineOf(key: string, whole: string, mark: string): string {
  if (mark !== '') return `${key}\t${whole}\t${mark}`;
  return whole === key ? key : `${key}\t${whole}`;
}

const lettersOf = (part: readonly { readonly letters: string }[]) =>
  part.map(({ letters }) => String.fromCodePoint(letters.codePointAt(0) ?? 0)).join('');

/** Returns whether a word is in a script in which words are disguised letter by letter. */
const isDisguisable = (whole: string) =>
  /^(?:\p{Script=Latin}|\p{Script=Cyrillic}|\p{Script=Greek}| )+$/u.test(whole);

/** Parses the lines of `linesOf` to a lexicon. A line is parsed only when a text contains its key. */
export function lexiconOfLines(text: string): Lexicon {
  const lines = text.split('\n');
  const plain = lines.flatMap(line => {
    const tab = line.indexOf('\t');
    if (tab < 0) return line;
    const { whole, mark } = fieldsOf(line);
    return mark === 'innocent' || mark === 'undisguised' || mark === 'alone' || whole.includes(' ')
      ? []
      : whole;
  });
  return {
    root: { edges: new LineEdges(lines), entry: undefined },
    isKatakanaFree: false,
    plain: new PlainWords(plain),
  };
}

function fieldsOf(line: string): { whole: string; mark: Mark } {
  const [key = '', whole = key, mark = ''] = line.split('\t');
  return { whole, mark: marks.get(mark) };
}

class LineEdges implements Edges {
  readonly #lines: readonly string[];
  readonly #read = new Map<string, readonly Edge[]>();

  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  get(key: string): readonly Edge[] | undefined {
    const read = this.#read.get(key);
    if (read !== undefined) return read;
    const root = newNode();
    for (let at = this.#firstNotBefore(key); isOfKey(this.#lines[at], key); at++)
      addLine(root, this.#lines[at] ?? '');
    const edges = root.edges?.get(key);
    // Missing keys are not cached, because there is no limit to their number.
    if (edges !== undefined) this.#read.set(key, edges);
    return edges;
  }

  #firstNotBefore(key: string): number {
    let from = 0;
    let to = this.#lines.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#lines[middle] ?? '') < key) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

const isOfKey = (line: string | undefined, key: string) =>
  line?.startsWith(key) && (line.length === key.length || line[key.length] === '\t');

function addLine(root: ReturnType<typeof newNode>, line: string): void {
  const { whole, mark } = fieldsOf(line);
  const parts = whole.split(' ').map(part => [...part].map(letters => ({ letters })));
  const writingAt = (part: number, letter: number) =>
    writingOfChar(parts.at(part)?.at(letter)?.letters ?? '');
  addPath(root, parts, {
    isInnocent: mark === 'innocent',
    isName: mark === 'name',
    isAlone: mark === 'alone',
    first: writingAt(0, 0),
    last: writingAt(-1, 0),
  });
}
