import { createHash, timingSafeEqual } from 'node:crypto';
import { codeLimits, type EmailCode } from '../../model/emailCode.ts';
import { ForbiddenError } from '../errors.ts';

/** The digits and the letters, without those that look like digits, and without U: 32 characters, of 5 bits each. */
const ALPHABET = Array.from({ length: 36 }, (_, n) => n.toString(36).toUpperCase()).filter(
  character => !['I', 'L', 'O', 'U'].includes(character),
);

// 60 bits: nobody finds the code of a stored hash within the 30 minutes in which it works.
const CHARACTERS = 12;

/** Returns a new code as mails show it: `XXXX-XXXX-XXXX`. */
export function newCode(random: (bytes: number) => Uint8Array): string {
  const characters = Array.from(random(CHARACTERS), byte => ALPHABET[byte % ALPHABET.length]);
  return (characters.join('').match(/.{4}/g) ?? []).join('-');
}

/** The id of the code for a user's new address. A later request replaces an earlier one. */
export const codeIdOf = (userId: string) => `email#${userId}`;

/** Returns the row of a code that is sent now. */
export function codeRow(
  { id, userId, email, passwordVersion }: Pick<EmailCode, 'id' | 'userId' | 'email' | 'passwordVersion'>,
  code: string,
  now: Date,
): EmailCode {
  return {
    id,
    userId,
    email,
    passwordVersion,
    codeHash: hashOf(id, code),
    tries: 0,
    expiresAt: Math.floor(now.getTime() / 1000) + codeLimits.seconds,
    createdAt: now.toISOString(),
    updatedAt: now.toISOString(),
  };
}

/** Returns whether a user entered the code of a row. Case, white space, hyphens and letters like digits do not matter. */
export function isCodeOf({ id, codeHash }: EmailCode, entered: string): boolean {
  return timingSafeEqual(Buffer.from(hashOf(id, entered)), Buffer.from(codeHash));
}

function hashOf(id: string, code: string): string {
  const plain = code.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  return createHash('sha256')
    .update(JSON.stringify([id, plain]))
    .digest('base64url');
}

/** The same error for a code that is wrong, has expired, was used or was entered too often. */
export const wrongCode = () =>
  new ForbiddenError('wrong-code', 'the code is wrong or no longer works: request a new one');
