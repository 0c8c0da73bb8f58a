import { MOCK_ID_PREFIX } from './row.ts';
import * as z from './zod.ts';

/** Words that users would take for the platform or its staff, as the whole name or a part of it. */
const staffWords = ['admin', 'administrator', 'moderator', 'official', 'staff', 'support'];

/** Names that users would take for a part of the platform, or that routes use. */
const reservedNames = [
  ...staffWords,
  'about',
  'api',
  'channels',
  'health',
  'help',
  'login',
  'logout',
  'me',
  'mod',
  'mods',
  'moderators',
  'null',
  'root',
  'security',
  'settings',
  'signup',
  'system',
  'team',
  'undefined',
  'users',
  'www',
];

const lookAlikes: readonly (readonly [RegExp, string])[] = [
  [/rn/g, 'm'],
  [/vv/g, 'w'],
  [/0/g, 'o'],
  [/[1l]/g, 'i'],
  [/3/g, 'e'],
  [/4/g, 'a'],
  [/5/g, 's'],
  [/7/g, 't'],
  [/8/g, 'b'],
];

/** Returns one common form for all names that look alike. */
function looksLike(name: string): string {
  return lookAlikes.reduce((text, [from, to]) => text.replace(from, to), usernameKeyOf(name));
}

const separators = /[_-]+/g;

/** A new username: 3 to 32 letters, digits, `_` and `-`. Names are unique regardless of case. */
export const username = z.string().check(
  z.regex(/^[A-Za-z0-9_-]{3,32}$/, 'must be 3 to 32 letters, digits, _ or -'),
  z.refine(name => !isReserved(name), 'is reserved'),
);

const userId = /^[0-9a-f]{32}$/;

/** Returns whether `text` has the form of a user id. No username has this form, so a path can accept both. */
export function isUserId(text: string): boolean {
  const key = usernameKeyOf(text);
  return key.startsWith(MOCK_ID_PREFIX) || userId.test(key);
}

/** Returns whether `name` is reserved for the platform, or looks like a reserved name. */
function isReserved(name: string): boolean {
  return looksReserved(name) || isUserId(name);
}

/** Returns whether `name`, or a part of it, looks like a name of the platform or its staff. */
export function looksReserved(name: string): boolean {
  const looks = looksLike(name);
  return (
    reservedNames.map(looksLike).includes(looks.replaceAll(separators, '')) ||
    looks.split(separators).some(part => staffWords.map(looksLike).includes(part))
  );
}

/** How long a name that a user gave up is kept: it leads to the user, and nobody else can take it. */
export const NAME_HOLD_MS = 30 * 24 * 3_600_000;

/** How many names can be kept for one user at a time, so that nobody can reserve names by renaming. */
export const MAX_FORMER_NAMES = 10;

/**
 * The partitions of the index of channels by name, in the order of names: each has the names up to its last
 * character. Names begin about equally often with a character of each.
 */
export const nameRanges: readonly string[] = ['-b', 'c-h', 'i-m', 'n-s', 't-z'];

/** Returns the one of `nameRanges` in which names begin like `key`. */
export function nameRangeOf(key: string): string | undefined {
  return nameRanges.find(range => key.charAt(0) <= (range.at(-1) ?? ''));
}

/** Returns the form in which a name must be unique. */
export function usernameKeyOf(name: string): string {
  return name.toLowerCase();
}
