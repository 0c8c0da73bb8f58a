import * as z from 'zod';
import { MOCK_ID_PREFIX } from './row.ts';

/** Names that would be read as something of the app's own, or that routes use. */
const reserved = new Set([
  'about',
  'admin',
  'administrator',
  'api',
  'channels',
  'health',
  'help',
  'login',
  'logout',
  'me',
  'moderator',
  'null',
  'root',
  'settings',
  'signup',
  'staff',
  'support',
  'system',
  'undefined',
  'users',
  'www',
]);

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

export function isReserved(name: string): boolean {
  const key = usernameKeyOf(name);
  return reserved.has(key) || isUserId(key);
}

/** The form of a name under which it is unique. */
export function usernameKeyOf(name: string): string {
  return name.toLowerCase();
}
