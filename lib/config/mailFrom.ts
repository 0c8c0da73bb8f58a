import { z } from 'zod';
import { emailAddress } from '../../model/emailAddress.ts';
import { shown } from './source.ts';

// A name of letters, digits and spaces needs no quotes in a header (RFC 5322 section 3.2.3).
const form = /^(?:[A-Za-z0-9 ]{1,60} <([^<>]+)>|([^<>]+))$/;

/** Returns the address in a sender: `Live <live@example.com>`, or the address alone. */
export function addressIn(mailFrom: string): string {
  const [, named, alone] = form.exec(mailFrom) ?? [];
  return named ?? alone ?? '';
}

/** The sender of mails. SES must have verified its address or its domain. */
export const mailFrom = z.string().refine(text => emailAddress.safeParse(addressIn(text)).success, {
  error: ({ input }) =>
    `must be an address, or a name and an address such as "Live <live@example.com>" (got ${shown(input)})`,
});
