import { usernameKeyOf } from '../../model/username.ts';
import { RefusedValuesError } from '../errors.ts';

/**
 * Rejects a new password that others would try first: one of the 49,000 most common ones, or one that contains the
 * user's name. Case does not matter. The list is loaded with the first new password, because few requests set one.
 *
 * @param password in Unicode NFKC, as `model/password.ts` parses it
 * @throws RefusedValuesError
 */
export async function requireUncommonPassword(password: string, username: string): Promise<void> {
  const folded = password.toLowerCase();
  if (containsName(folded, usernameKeyOf(username))) throw refused('must not contain the username');
  if ((await commonPasswords()).has(folded))
    throw refused('is one of the most common passwords: choose another one');
}

/** A name also counts without its separators, because `ann-lee` is seen in `annlee2026`. Shorter parts are in many words. */
const SHORTEST_COMPACT_NAME = 4;

function containsName(password: string, name: string): boolean {
  if (password.includes(name)) return true;
  const compact = compactOf(name);
  return compact.length >= SHORTEST_COMPACT_NAME && compactOf(password).includes(compact);
}

const compactOf = (text: string) => text.replaceAll(/[\s_-]+/g, '');

let loading: Promise<ReadonlySet<string>> | undefined;

function commonPasswords(): Promise<ReadonlySet<string>> {
  loading ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set(dictionary['passwords-common']),
  );
  return loading;
}

const refused = (message: string) => new RefusedValuesError([{ field: 'password', message }]);
