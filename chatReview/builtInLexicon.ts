import { profaneWords } from '@2toad/profanity';
import { innocentPhrases, innocentWords } from './innocentWords.ts';
import { type Lexicon, lexiconOf } from './lexicon.ts';

// What Latin letters are made of in Unicode, with accents and all, ends here.
const beyondLatin = /[\u0250-\u{10ffff}]/u;

const latinWords = once(() =>
  lexiconOf(
    listedWords().filter(word => !beyondLatin.test(word)),
    [],
    false,
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
 * The words of the library `@2toad/profanity`, in all of its languages at once, for nobody says which language a
 * message is in. Its lists other than the English and the Italian are machine translations of the English one, and hold
 * words that are no offence to anybody: those are left out (`innocentWords`), and so is what is too short to be a word.
 *
 * Words of other scripts than Latin come only with a `text` that has more than Latin in it: most have not, and reading
 * those words takes four fifths of the time.
 */
export function builtInLexicons(text: string): readonly Lexicon[] {
  return beyondLatin.test(text) ? [latinWords(), otherWords()] : [latinWords()];
}

/** The words and phrases that are masked in every room. */
export function listedWords(): readonly string[] {
  const all = new Set([...profaneWords.values()].flat());
  return [...all].filter(word => !innocentWords.has(word) && isLongEnough(word));
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
