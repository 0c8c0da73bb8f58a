import { MOCK_ID_PREFIX } from './row.ts';

const userId = /^[0-9a-f]{32}$/;

/** Returns whether `text` has the form of a user id. No username has this form, so a path can accept both. */
export function isUserId(text: string): boolean {
  const key = usernameKeyOf(text);
  return key.startsWith(MOCK_ID_PREFIX) || userId.test(key);
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
