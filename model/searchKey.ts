import * as z from './zod.ts';

/** The members of a channel's row that the index of display names uses. Absent without a display name. */
export const displayNameKeys = {
  /** The first character of `displayNameKey`. */
  displayNameInitial: z.optional(z.string()),
  /** `searchKeyOf` the display name. */
  displayNameKey: z.optional(z.string()),
};

// One compatibility character can become 18, and a sort key of DynamoDB has at most 1,024 bytes.
const MAX_KEY_CHARACTERS = 100;

// Accents. Vowel signs of Devanagari and other scripts belong to one script, so they are kept.
const accents = /(?=\p{M})\p{Script=Inherited}/gu;
const invisible = /\p{Default_Ignorable_Code_Point}/gu;

/**
 * Returns the form of a name in which the search compares names: without upper case, accents, invisible characters and
 * repeated spaces, and with the plain form of compatibility characters such as full-width letters.
 */
export function searchKeyOf(name: string): string {
  // Each character alone, because a capital sigma becomes another letter at the end of a word. In upper case first,
  // because `ß` is `SS`.
  const lower = [...name.normalize('NFKD')].map(character => character.toUpperCase().toLowerCase()).join('');
  const plain = lower.normalize('NFKD').replace(accents, '').replace(invisible, '').normalize('NFC');
  return [...plain.replace(/\s+/gu, ' ').trimStart()].slice(0, MAX_KEY_CHARACTERS).join('');
}

/** Returns the first character of a search key, which is the partition of the index of display names. */
export function initialOf(key: string): string | undefined {
  const [initial] = key;
  return initial;
}

/** Returns the keys of a display name in the index. */
export function displayNameKeysOf(displayName: string | undefined): {
  readonly displayNameInitial: string | undefined;
  readonly displayNameKey: string | undefined;
} {
  const key = displayName === undefined ? '' : searchKeyOf(displayName).trimEnd();
  const initial = initialOf(key);
  return { displayNameInitial: initial, displayNameKey: initial === undefined ? undefined : key };
}
