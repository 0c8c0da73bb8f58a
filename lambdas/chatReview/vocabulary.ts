import { profaneWords } from '@2toad/profanity';
import { cuss as english } from 'cuss';
import { cuss as spanish } from 'cuss/es';
import { cuss as italian } from 'cuss/it';
import { cuss as portuguese } from 'cuss/pt';
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
    names: nameWords(),
  });

export const otherLines = (): string =>
  linesOf({
    words: listedWords().filter(word => isBeyondLatin(word)),
    innocent: innocentPhrases,
    names: new Set(),
    isAlone: isShort,
  });

/** Words that are left in Title Case. */
export const nameWords = (): ReadonlySet<string> =>
  new Set([...properNames, ...ratedWords, ...innocentWords]);

const ordinary: ReadonlySet<string> = new Set(ordinaryWords);
const unaccented = (word: string) =>
  /^[a-z]+$/.test(word) ? word : word.normalize('NFD').replace(/\p{M}/gu, '');

const packageWords = new Set(
  [...profaneWords.values(), ...Object.values(naughtyWords)].flat().map(normalized),
);

/** What `cuss` rates as likely meant as profanity: 2 of 0 to 2. */
const likely = (ratings: Readonly<Record<string, number>>) =>
  Object.entries(ratings).flatMap(([word, rating]) => (rating === 2 ? normalized(word) : []));

/**
 * Rated words that the other packages lack. Many are surnames and places as well, so they are left in Title Case. Those of
 * Spanish and French are not here: they mask ten of a thousand ordinary sentences.
 */
const ratedWords = [english, italian, portuguese].flatMap(likely).filter(word => !packageWords.has(word));

/** Rated words of the packages, which are masked although `innocentWords` has them, as a word of another language. */
const confirmedWords = new Set([english, italian, portuguese, spanish].flatMap(likely));

/** Calls on somebody to harm themselves, which the packages lack. */
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
 * The words and phrases that are masked in every room: those of the packages, in all of their languages, without what
 * is no offense to anybody (`innocentWords`, `ordinaryWords`) and what is too short to be a word.
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

// `no`, `p`, `ch`, `5`. In scripts that put nothing between words, and in Hangul, a short word may stand alone.
const isLongEnough = (word: string) => lettersIn(word) >= 3 || (lettersIn(word) > 0 && unspaced.test(word));
// Where a character is more than a sound, two make a word; one is a part of many.
const isShort = (word: string) => lettersIn(word) < (syllabic.test(word) ? 2 : 3);

const syllabic = /[\p{Script=Han}\p{Script=Hangul}\p{Script=Katakana}]/u;
const unspaced = /[\p{Script=Han}\p{Script=Hangul}\p{Script=Katakana}\p{Script=Hiragana}\p{Script=Thai}]/u;

function lettersIn(word: string): number {
  return word.match(/[\p{L}\p{M}]/gu)?.length ?? 0;
}
