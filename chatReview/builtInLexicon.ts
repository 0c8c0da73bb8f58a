import { profaneWords } from '@2toad/profanity';
import naughtyWords from 'naughty-words';
import { innocentPhrases, innocentWords, latinPhrases, ordinaryWords, properNames } from './innocentWords.ts';
import { type Lexicon, lexiconOf } from './lexicon.ts';

// What Latin letters are made of in Unicode, with accents and all, ends here.
const beyondLatin = /[\u0250-\u{10ffff}]/u;

const latinWords = once(() =>
  lexiconOf(
    listedWords().filter(word => !beyondLatin.test(word)),
    [...latinPhrases, ...ordinaryWords],
    false,
    properNames,
  ),
);
const otherWords = once(() =>
  lexiconOf(
    listedWords().filter(word => beyondLatin.test(word)),
    innocentPhrases,
    false,
  ),
);

/**
 * The words of the packages `@2toad/profanity` and `naughty-words`, in all of their languages at once, because nothing
 * says which language a message is in. The lists hold words that are no offence to anybody, and some lists are machine
 * translations: such words are left out (`innocentWords`, `ordinaryWords`), and so is what is too short to be a word.
 *
 * Words of other scripts than Latin come only with a `text` that has more than Latin in it: most have not, and reading
 * those words takes four fifths of the time.
 */
export function builtInLexicons(text: string): readonly Lexicon[] {
  return beyondLatin.test(text) ? [latinWords(), otherWords()] : [latinWords()];
}

const ordinary: ReadonlySet<string> = new Set(ordinaryWords);
const unaccented = (word: string) =>
  /^[a-z]+$/.test(word) ? word : word.normalize('NFD').replace(/\p{M}/gu, '');

/** The words and phrases that are masked in every room. */
export function listedWords(): readonly string[] {
  const all = new Set(
    [...profaneWords.values(), ...Object.values(naughtyWords)]
      .flat()
      .map(word => word.normalize('NFC').toLowerCase()),
  );
  return [...all].filter(
    word => !innocentWords.has(word) && !ordinary.has(unaccented(word)) && isLongEnough(word),
  );
}

// `no`, `p`, `ch`, `5`. Where a character is more than a sound, two make a word; one is a part of many.
function isLongEnough(word: string): boolean {
  const letters = word.match(/[\p{L}\p{M}]/gu)?.length ?? 0;
  return letters >= (/[\p{Script=Han}\p{Script=Hangul}\p{Script=Katakana}]/u.test(word) ? 2 : 3);
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
