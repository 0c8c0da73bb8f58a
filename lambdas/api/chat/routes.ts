import * as z from 'zod';
import { textBounds } from '../../../model/text.ts';
import { timestamp } from '../../../model/time.ts';
import { MAX_BODY_BYTES } from '../http/jsonBody.ts';
import { listQuery } from '../http/lists.ts';
import { bannedUser, messageId, username } from '../http/parameters.ts';
import { none, route } from '../http/route.ts';
import { longestJson, textField } from '../http/textField.ts';

/** The request body of `putBan`. */
const banTermsSchema = z
  .strictObject({
    until: timestamp.optional().meta({
      type: 'string',
      format: 'date-time',
      description: 'The time at which the ban ends. If it is omitted, the ban lasts until it is lifted.',
      example: '2036-01-15T20:00:00Z',
    }),
    reason: textField(textBounds.banReason)
      .optional()
      .meta({ description: "A note that only the channel's owner can read.", example: 'Spam' }),
  })
  .meta({ id: 'BanTerms' });

const MAX_TERMS = 100;

// The review compares only letters and digits, so a term without them would never match.
const legible = /[\p{L}\p{N}]/u;

const term = textField(textBounds.blockedTerm)
  .refine(text => legible.test(text), 'must have at least one letter or digit')
  .meta({ example: 'spoiler' });

/**
 * The size limit of the body in bytes: the longest JSON form of a full list, plus the general limit for the
 * rest.
 */
export const MAX_BLOCKED_TERMS_BYTES = MAX_BODY_BYTES + MAX_TERMS * (longestJson(textBounds.blockedTerm) + 1);

/** The terms that a channel's owner blocks in its chat. */
export const blockedTermsSchema = z
  .strictObject({
    terms: z.array(term).max(MAX_TERMS, `must have at most ${MAX_TERMS} terms`).meta({
      description: 'Plain text, without patterns. Case, accents and punctuation are ignored.',
    }),
  })
  .meta({ id: 'BlockedTerms' });

const ofChannel = z.strictObject({ username });
const ofBan = z.strictObject({ username, bannedUsername: bannedUser });

export const createChatTokenRoute = route('createChatToken', {
  auth: 'optional',
  params: ofChannel,
  query: none,
});

export const deleteChatMessageRoute = route('deleteChatMessage', {
  auth: 'user',
  params: z.strictObject({ username, messageId }),
  query: none,
});

export const listBansRoute = route('listBans', {
  auth: 'user',
  params: ofChannel,
  query: z.strictObject(listQuery),
});

export const putBanRoute = route('putBan', {
  auth: 'user',
  params: ofBan,
  query: none,
  body: banTermsSchema,
});

export const deleteBanRoute = route('deleteBan', {
  auth: 'user',
  params: ofBan,
  query: none,
});

export const getBlockedTermsRoute = route('getBlockedTerms', {
  auth: 'user',
  params: ofChannel,
  query: none,
});

export const putBlockedTermsRoute = route('putBlockedTerms', {
  auth: 'user',
  params: ofChannel,
  query: none,
  body: blockedTermsSchema,
  maxBodyBytes: MAX_BLOCKED_TERMS_BYTES,
});
