import type { Glyph } from './foldText.ts';
import type { Work } from './spelling.ts';
import { type Token, writingOf } from './tokens.ts';

// Listed words that are not a token: with a letter replaced by an asterisk, with a space inside, or joined to
// another word. Each one is found with a number of lookups that grows linearly with the text, and look-alike
// letters are not tried. A word disguised in two ways is not found.

const SHORTEST = 4;
const LONGEST = 20;

/** The words that are searched in disguised form. */
export class PlainWords {
  readonly words: ReadonlySet<string>;
  #byStart: Map<string, string[]> | undefined;

  constructor(words: readonly string[]) {
    this.words = new Set(words.filter(({ length }) => length >= SHORTEST && length <= LONGEST));
  }

  /** Returns the words with the same first letter and length. The index is built on the first call. */
  like(word: string): readonly string[] {
    if (this.#byStart === undefined) {
      this.#byStart = new Map();
      for (const one of this.words) {
        const others = this.#byStart.get(startOf(one));
        if (others === undefined) this.#byStart.set(startOf(one), [one]);
        else others.push(one);
      }
    }
    return this.#byStart.get(startOf(word)) ?? [];
  }
}

const startOf = (word: string) => `${word[0]}${word.length}`;

/** Returns the glyphs of disguised words. */
export function disguised(tokens: readonly Token[], plain: PlainWords, work: Work): Glyph[] {
  const { words } = plain;
  const found: Glyph[] = [];
  const texts = tokens.map(textOf);
  for (const [at, token] of tokens.entries()) {
    if (writingOf(token) !== 'spaced') continue;
    const text = texts[at] ?? '';
    if (text.length > SHORTEST && text.length <= 2 * LONGEST && isJoined(text, words, work))
      found.push(...token.glyphs);
    const next = tokens[at + 1];
    if (next === undefined || writingOf(next) !== 'spaced') continue;
    if (isSpacedOut(token, text, next, texts[at + 1] ?? '') && has(words, text + texts[at + 1], work))
      found.push(...token.glyphs, ...next.glyphs);
    const starred = starredWord(tokens, at);
    if (starred !== undefined && isStarred(starred, plain, work)) found.push(...starred);
  }
  return found;
}

const textOf = ({ glyphs }: Token) => glyphs.map(({ char }) => char).join('');

function has(words: ReadonlySet<string>, word: string, work: Work): boolean {
  work.steps++;
  return words.has(word);
}

/**
 * Returns whether `text` is a listed word joined to another listed word or to a companion. Any other rest
 * would match too much: `woodpecker`.
 */
function isJoined(text: string, words: ReadonlySet<string>, work: Work): boolean {
  for (let length = SHORTEST; length < text.length && length <= LONGEST; length++) {
    const [start, rest] = [text.slice(0, length), text.slice(length)];
    if (has(words, start, work) && (words.has(rest) || companions.has(rest))) return true;
    const [before, end] = [text.slice(0, -length), text.slice(-length)];
    if (has(words, end, work) && words.has(before)) return true;
  }
  return false;
}

// Words that are often joined to listed words. Endings (-er, -s) are not included, because they form other
// words.
const companions = new Set(
  `you your yourself off him her them this that these those all the and are not with very what who why how now
  boy girl guy guys face head dude bro really totally such stupid damn big old one team game stream chat mother brother
  der die das und ist dich du ihr mir alter los les des une est toi moi vous que los las una por para este esta
  che con sei una questo seu sua voce esse jest ten twoj to ты вы это он она они все его как тебя вас что`.split(
    /\s+/,
  ),
);

// Short words that exist on their own, so that the token next to them is not half of a word.
const shortWords = new Set(
  `a i am an as at be by do go he if in is it me my no of oh ok on or so to up us we ab da du er es im ja ob um wo zu au ce
  de en et eu il je la le ma ne ni on ou sa se si ta te tu un al el ha lo mi os su ya yo ai di e ed fa ho io ti va ao em
  na o af ik nu op u ze co od po s są w wy z za bu ki mu ne ol ve а бы в во да до же за и из к ли мы на не ни но о об он
  от по с со та те то ту ты у я the and for are but not you all can had her was one our out day get has him his how man
  new now old see two way who did its let put say she too use der die das und ist les des une est que los las una por`.split(
    /\s+/,
  ),
);

/** Returns whether two tokens may be one word with a space inside. `s hit` in `it's hit` is not. */
function isSpacedOut(token: Token, text: string, next: Token, nextText: string): boolean {
  const [gap, ...more] = next.gap;
  if (gap?.kind !== 'space' || more.length > 0) return false;
  if (shortWords.has(text) || shortWords.has(nextText)) return false;
  return !token.gap.some(({ char }) => "'’‘`´".includes(char));
}

/**
 * Returns the word that begins at a token and has one or two single asterisks between its letters: `w*rd`,
 * `w**d`.
 */
function starredWord(tokens: readonly Token[], at: number): readonly Glyph[] | undefined {
  const isStars = (gap: readonly Glyph[]) => gap.length <= 2 && gap.every(({ char }) => char === '*');
  const first = tokens[at];
  if (first === undefined || first.gap.at(-1)?.char === '*') return undefined;
  const word = [...first.glyphs];
  let stars = 0;
  for (let next = at + 1; next <= at + 3; next++) {
    const token = tokens[next];
    if (token === undefined || token.gap.length === 0 || token.gap[0]?.char !== '*') break;
    if (!isStars(token.gap) || writingOf(token) !== 'spaced') return undefined;
    stars += token.gap.length;
    word.push(...token.gap, ...token.glyphs);
  }
  return stars === 0 || stars > 2 || word.length > LONGEST || word.length < SHORTEST ? undefined : word;
}

/** Returns whether the remaining letters match a word. At least half of the characters must be letters. */
function isStarred(glyphs: readonly Glyph[], plain: PlainWords, work: Work): boolean {
  const text = glyphs.map(({ char }) => char);
  if (2 * text.filter(char => char === '*').length > text.length) return false;
  return plain.like(text.join('')).some(word => {
    work.steps += text.length;
    return text.every((char, index) => char === '*' || char === word[index]);
  });
}
