import { looksReserved } from './newUsername.ts';
import { freeText, textBounds } from './text.ts';
import * as z from './zod.ts';

/** A display name. Like a username, it may not imitate the platform or its staff. */
export const displayName = freeText(textBounds.displayName).check(
  z.refine(name => !imitatesPlatform(name), 'is reserved'),
);

// Letters of other scripts that look like the Latin letters of the reserved names.
const foreignLookAlikes = new Map(
  [
    ['аα', 'a'],
    ['сϲ', 'c'],
    ['е', 'e'],
    ['ԁ', 'd'],
    ['іιıӏ', 'i'],
    ['мϻ', 'm'],
    ['пո', 'n'],
    ['оοσ', 'o'],
    ['рρ', 'p'],
    ['ѕ', 's'],
    ['тτ', 't'],
    ['υս', 'u'],
    ['ѵν', 'v'],
  ].flatMap(([letters = '', latin = '']) => [...letters].map(letter => [letter, latin] as const)),
);

/**
 * Returns whether a text in any script looks like a name of the platform or its staff: as a whole, or because one of
 * its words does.
 */
function imitatesPlatform(text: string): boolean {
  const plain = [
    ...text
      .normalize('NFKD')
      .toLowerCase()
      .replaceAll(/\p{M}|\p{Cf}/gu, ''),
  ]
    .map(letter => foreignLookAlikes.get(letter) ?? letter)
    .join('');
  const words = plain.split(/[^\p{L}\p{N}]+/u).filter(word => word !== '');
  return looksReserved(words.join('-'));
}
