import { routes } from './routes.ts';
import { isUserId, usernameKeyOf } from './username.ts';
import { HASHED_FILES, RECORDINGS_PATH, webPages } from './webApp.ts';
import * as z from './zod.ts';

/** Words that users would take for the platform or its staff, as the whole name or a part of it. */
const staffWords = [
  'admin',
  'admins',
  'administrator',
  'administrators',
  'helpdesk',
  'moderator',
  'moderators',
  'official',
  'staff',
  'support',
  'sysadmin',
];

/** Names that users would take for the platform, as the whole name. */
const platformNames = [
  ...staffWords,
  'about',
  'abuse',
  'api',
  'channels',
  'everyone',
  'health',
  'help',
  'login',
  'logout',
  'me',
  'mod',
  'mods',
  'null',
  'owner',
  'postmaster',
  'privacy',
  'root',
  'security',
  'settings',
  'signup',
  'system',
  'team',
  'terms',
  'undefined',
  'users',
  'webmaster',
  'www',
];

/**
 * Names that are a part of a path of the API or of the web app, so that a later version can have a name in a path
 * instead of them. Without parameters, which are in braces.
 */
const pathNames = (): readonly string[] => [
  ...new Set(
    [...Object.values(routes).map(({ path }) => path), ...webPages, RECORDINGS_PATH, HASHED_FILES]
      .flatMap(path => path.split(/[/.]/))
      .filter(part => /^[a-z]/.test(part)),
  ),
];

const lookAlikes: readonly (readonly [RegExp, string])[] = [
  [/rn/g, 'm'],
  [/vv/g, 'w'],
  [/0/g, 'o'],
  [/[1l]/g, 'i'],
  [/3/g, 'e'],
  [/4/g, 'a'],
  [/2/g, 'z'],
  [/5/g, 's'],
  [/[69]/g, 'g'],
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

/** Returns whether `name` is reserved for the platform, or looks like a reserved name. */
function isReserved(name: string): boolean {
  return looksReserved(name) || looksLikeOneOf(pathNames(), name) || isUserId(name);
}

/** Returns whether `name`, or a part of it, looks like a name of the platform or its staff. */
export function looksReserved(name: string): boolean {
  const parts = looksLike(name).split(separators);
  const staff = staffWords.map(looksLike);
  return looksLikeOneOf(platformNames, name) || parts.some(part => staff.includes(part));
}

/** Returns whether a name looks like one of `names` as a whole. Separators do not matter. */
function looksLikeOneOf(names: readonly string[], name: string): boolean {
  const whole = (text: string) => looksLike(text).replaceAll(separators, '');
  return names.map(whole).includes(whole(name));
}
