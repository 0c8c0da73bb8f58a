import { isBeyondLatin } from './foldText.ts';
import type { Lexicon } from './lexicon.ts';
import { lexiconOfLines } from './lexiconLines.ts';
import { latinLines, otherLines } from './vocabulary.ts';

const latinWords = once(() => lexiconOfLines(latinLines()));
const otherWords = once(() => lexiconOfLines(otherLines()));

/**
 * The words that are masked in every room, in all languages at once, because nothing says which language a message is in.
 * Words of other scripts than Latin come only with a `text` that has more than Latin in it: most have not.
 */
export function builtInLexicons(text: string): readonly Lexicon[] {
  return isBeyondLatin(text) ? [latinWords(), otherWords()] : [latinWords()];
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
