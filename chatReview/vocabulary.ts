import { profaneWords } from '@2toad/profanity';
import naughtyWords from 'naughty-words';
import { isBeyondLatin } from './foldText.ts';
import { innocentPhrases, innocentWords, latinPhrases, ordinaryWords, properNames } from './innocentWords.ts';
import { linesOf } from './lexiconLines.ts';

// The bundler runs this module and puts the two texts that it makes into the function in its place
// (lib/bundling/bundle.ts). Local mode and tests run it as it is.

export const latinLines = (): string =>
  linesOf({
    words: listedWords().filter(word => !isBeyondLatin(word)),
    innocent: [...latinPhrases, ...ordinaryWords],
    names: properNames,
  });

export const otherLines = (): string =>
  linesOf({
    words: listedWords().filter(word => isBeyondLatin(word)),
    innocent: innocentPhrases,
    names: new Set(),
  });

const ordinary: ReadonlySet<string> = new Set(ordinaryWords);
const unaccented = (word: string) =>
  /^[a-z]+$/.test(word) ? word : word.normalize('NFD').replace(/\p{M}/gu, '');

/**
 * The words and phrases that are masked in every room: those of the packages, in all of their languages, without what
 * is no offence to anybody (`innocentWords`, `ordinaryWords`) and what is too short to be a word.
 */
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
