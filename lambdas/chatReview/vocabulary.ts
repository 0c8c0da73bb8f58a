import { profaneWords } from '@2toad/profanity';
import { cuss as english } from 'cuss';
import { cuss as spanish } from 'cuss/es';
import { cuss as italian } from 'cuss/it';
import { cuss as portuguese } from 'cuss/pt';
import naughtyWords from 'naughty-words';
import { isBeyondLatin } from './foldText.ts';
import { innocentPhrases, innocentWords, latinPhrases, ordinaryWords, properNames } from './innocentWords.ts';
import { linesOf } from './lexiconLines.ts';

// The bundler runs this module and replaces it with the two texts that it builds (lib/bundling/bundle.ts).
// Local mode and tests run the module itself.

export const latinLines = (): string =>
  linesOf({
    words: listedWords().filter(word => !isBeyondLatin(word)),
    innocent: [...latinPhrases, ...ordinaryWords],
    names: nameWords(),
  });

export const otherLines = (): string =>
  linesOf({
    words: listedWords().filter(word => isBeyondLatin(word)),
    innocent: innocentPhrases,
    names: new Set(),
    isAlone: isShort,
  });

/** Returns the words that are not masked in Title Case. */
export const nameWords = (): ReadonlySet<string> =>
  new Set([...properNames, ...ratedWords, ...innocentWords]);

const ordinary: ReadonlySet<string> = new Set(ordinaryWords);
const unaccented = (word: string) =>
  /^[a-z]+$/.test(word) ? word : word.normalize('NFD').replace(/\p{M}/gu, '');

const packageWords = new Set(
  [...profaneWords.values(), ...Object.values(naughtyWords)].flat().map(normalized),
);

/** Returns the words that `cuss` rates as likely profanity (2 on a scale from 0 to 2). */
const likely = (ratings: Readonly<Record<string, number>>) =>
  Object.entries(ratings).flatMap(([word, rating]) => (rating === 2 ? normalized(word) : []));

/**
 * Rated words that the other packages do not contain. Many are also surnames and places, so they are not
 * masked in Title Case. The Spanish and French words are left out because they would mask ten in a thousand
 * ordinary sentences.
 */
const ratedWords = [english, italian, portuguese].flatMap(likely).filter(word => !packageWords.has(word));

/**
 * Rated words of the packages that are masked although `innocentWords` lists them as words of another
 * language.
 */
const confirmedWords = new Set([english, italian, portuguese, spanish].flatMap(likely));

/** Phrases that tell a user to harm themselves, which the packages do not contain. */
const threats = [
  'kill yourself',
  'kill urself',
  'kys',
  'bring dich um',
  'suicide-toi',
  'vai se matar',
  'mátate',
  'suicídate',
  'ucciditi',
  'убей себя',
  'zabij się',
  'kendini öldür',
  '你去死',
  '自殺しろ',
  '자살해라',
  'मर जा',
];

/**
 * Returns the words and phrases that are masked in every room: those of the packages in all languages,
 * without harmless ones (`innocentWords`, `ordinaryWords`) and without words that are too short.
 */
export function listedWords(): readonly string[] {
  return [...new Set([...packageWords, ...ratedWords, ...threats.map(normalized)])].filter(
    word =>
      (!innocentWords.has(word) || confirmedWords.has(word)) &&
      !ordinary.has(unaccented(word)) &&
      isLongEnough(word),
  );
}

function normalized(word: string): string {
  return word.normalize('NFC').toLowerCase();
}

// Excludes `no`, `p`, `ch`, `5`. In scripts without separators and in Hangul, a short word may stand alone.
const isLongEnough = (word: string) => lettersIn(word) >= 3 || (lettersIn(word) > 0 && unspaced.test(word));
// In syllabic scripts two characters form a word, and one is part of many words.
const isShort = (word: string) => lettersIn(word) < (syllabic.test(word) ? 2 : 3);

const syllabic = /[\p{Script=Han}\p{Script=Hangul}\p{Script=Katakana}]/u;
const unspaced = /[\p{Script=Han}\p{Script=Hangul}\p{Script=Katakana}\p{Script=Hiragana}\p{Script=Thai}]/u;

function lettersIn(word: string): number {
  return word.match(/[\p{L}\p{M}]/gu)?.length ?? 0;
}
