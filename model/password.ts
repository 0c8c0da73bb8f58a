import * as z from 'zod';

const SHORTEST = 8;
// Enough for any passphrase. The limit bounds the cost of hashing a password.
const LONGEST = 128;

/**
 * A new password: 8 to 128 characters of any kind. Different keyboards may produce different code points for
 * the same text, so the text is normalized first (NFKC, RFC 8265 section 4.2.1).
 */
export const password = z
  .string()
  .max(4 * LONGEST, `must be ${SHORTEST} to ${LONGEST} characters`)
  .transform(text => text.normalize('NFKC'))
  .refine(
    text => [...text].length >= SHORTEST && [...text].length <= LONGEST,
    `must be ${SHORTEST} to ${LONGEST} characters`,
  );

/**
 * A password to verify. It is normalized like a new one, but may have any length: a password of a length that
 * is not allowed is simply wrong.
 */
export const passwordToVerify = z
  .string()
  .min(1, 'must not be empty')
  .max(4 * LONGEST, 'is too long')
  .transform(text => text.normalize('NFKC'));
