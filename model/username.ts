import * as z from 'zod';
import { MOCK_ID_PREFIX } from './row.ts';

/** Words that would be read as the platform or its staff, alone or as a part of a name. */
const staffWords = ['admin', 'administrator', 'moderator', 'official', 'staff', 'support'];

/** Names that would be read as something of the app's own, or that routes use. */
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

/** A name as it looks: names that people take for one another have one form. */
function looksLike(name: string): string {
  return lookAlikes.reduce((text, [from, to]) => text.replace(from, to), usernameKeyOf(name));
}

const separators = /[_-]+/g;
const reserved = new Set(reservedNames.map(looksLike));
const staff = new Set(staffWords.map(looksLike));

/** A name that a person may choose: 3 to 32 letters, digits, `_` and `-`. Names are unique whatever their case. */
export const username = z
  .string()
  .regex(/^[A-Za-z0-9_-]{3,32}$/, 'must be 3 to 32 letters, digits, _ or -')
  .refine(name => !isReserved(name), 'is reserved');

const userId = /^[0-9a-f]{32}$/;

/** Whether `text` has the form of a user's id. Nobody's name has it, so a path can take a name or an id. */
export function isUserId(text: string): boolean {
  const key = usernameKeyOf(text);
  return key.startsWith(MOCK_ID_PREFIX) || userId.test(key);
}

/** Whether nobody may choose `name`: it is the platform's own, or looks like it. */
function isReserved(name: string): boolean {
  const looks = looksLike(name);
  return (
    reserved.has(looks.replaceAll(separators, '')) ||
    looks.split(separators).some(part => staff.has(part)) ||
    isUserId(name)
  );
}

/** The form of a name under which it is unique. */
export function usernameKeyOf(name: string): string {
  return name.toLowerCase();
}
