import { isBeyondLatin } from './foldText.ts';
import type { Lexicon } from './lexicon.ts';
import { lexiconOfLines } from './lexiconLines.ts';
import { latinLines, otherLines } from './vocabulary.ts';

const latinWords = once(() => lexiconOfLines(latinLines()));
const otherWords = once(() => lexiconOfLines(otherLines()));

/**
 * Returns the words that are masked in every room, in all languages, because the language of a message is
 * unknown. Words in non-Latin scripts are included only if `text` contains non-Latin characters.
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
