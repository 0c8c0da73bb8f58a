import * as z from './zod.ts';

const SHORTEST = 8;
// Enough for any passphrase. The limit bounds the cost of hashing a password.
const LONGEST = 128;

/**
 * A new password: 8 to 128 characters of any kind. Different keyboards may produce different code points for
 * the same text, so the text is normalized first (NFKC, RFC 8265 section 4.2.1).
 */
export const password = z
  .pipe(
    z.string().check(z.maxLength(4 * LONGEST, `must be ${SHORTEST} to ${LONGEST} characters`)),
    z.transform(text => text.normalize('NFKC')),
  )
  .check(
    z.refine(
      text => [...text].length >= SHORTEST && [...text].length <= LONGEST,
      `must be ${SHORTEST} to ${LONGEST} characters`,
    ),
  );

/**
 * A password to verify. It is normalized like a new one, but may have any length: a password of a length that
 * is not allowed is simply wrong.
 */
export const passwordToVerify = z.pipe(
  z.string().check(z.minLength(1, 'must not be empty'), z.maxLength(4 * LONGEST, 'is too long')),
  z.transform(text => text.normalize('NFKC')),
);
