import { rowTimes } from './row.ts';
import * as z from './zod.ts';

/** The longest address that fits the commands of SMTP (RFC 5321 section 4.5.3.1.3, erratum 1690). */
const LONGEST = 254;

// What HTML calls a valid e-mail address, with at least one dot in the domain. It has no white space, so it cannot add a
// header to a mail. https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const form = new RegExp(`^[A-Za-z0-9.!#$%&'*+/=?^_\`{|}~-]{1,64}@${label}(?:\\.${label})+$`);

/** An e-mail address. */
export const emailAddress = z
  .string()
  .check(
    z.maxLength(LONGEST, { error: `must have at most ${LONGEST} characters`, abort: true }),
    z.regex(form, 'must be an e-mail address such as ann@example.com'),
  );

/**
 * Returns the form in which a verified address must be unique. Mail servers may tell upper from lower case before the
 * `@`, but none is known that does.
 */
export function emailKeyOf(address: string): string {
  return address.toLowerCase();
}

/** A row of `emailAddresses`: the user who has verified an address. */
export const emailAddressRow = z.object({ emailKey: z.string(), userId: z.string(), ...rowTimes });
