import * as z from 'zod';

const SHORTEST = 8;
// Enough for any passphrase; without an end, hashing one would cost as much as a caller likes.
const LONGEST = 128;

/**
 * A password that a person may choose: 8 to 128 characters, whatever they are. The same text typed on another
 * keyboard may be other code points, so it is brought into one form first (NFKC, RFC 8265 section 4.2.1).
 */
export const password = z
  .string()
  .max(4 * LONGEST, `must be ${SHORTEST} to ${LONGEST} characters`)
  .transform(text => text.normalize('NFKC'))
  .refine(
    text => [...text].length >= SHORTEST && [...text].length <= LONGEST,
    `must be ${SHORTEST} to ${LONGEST} characters`,
  );

/** A password that is given to be compared: in the same form, and whatever its length, so that a wrong one is just wrong. */
export const givenPassword = z
  .string()
  .min(1, 'must not be empty')
  .max(4 * LONGEST, 'is too long')
  .transform(text => text.normalize('NFKC'));
