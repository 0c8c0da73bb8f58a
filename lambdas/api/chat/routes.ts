import { textBounds } from '../../../model/text.ts';
import { timestamp } from '../../../model/time.ts';
import * as z from '../../../model/zod.ts';
import { MAX_BODY_BYTES } from '../http/jsonBody.ts';
import { listQuery } from '../http/lists.ts';
import { bannedUser, messageId, moderator, userId, username } from '../http/parameters.ts';
import { none, route } from '../http/route.ts';
import { longestJson, textField } from '../http/textField.ts';

/** The request body of `putBan`. */
const banTermsSchema = z
  .strictObject({
    until: z.optional(timestamp).check(
      z.meta({
        type: 'string',
        format: 'date-time',
        description: 'The time at which the ban ends. If it is omitted, the ban lasts until it is lifted.',
        example: '2036-01-15T20:00:00Z',
      }),
    ),
    reason: z.optional(textField(textBounds.banReason)).check(
      z.meta({
        description: "A note that only the channel's owner and its moderators can read.",
        example: 'Spam',
      }),
    ),
  })
  .check(z.meta({ id: 'BanTerms' }));

const MAX_TERMS = 100;

// The review compares only letters and digits, so a term without them would never match.
const legible = /[\p{L}\p{N}]/u;

const term = textField(textBounds.blockedTerm).check(
  z.refine(text => legible.test(text), 'must have at least one letter or digit'),
  z.meta({ example: 'spoiler' }),
);

/**
 * The size limit of the body in bytes: the longest JSON form of a full list, plus the general limit for the
 * rest.
 */
export const MAX_BLOCKED_TERMS_BYTES = MAX_BODY_BYTES + MAX_TERMS * (longestJson(textBounds.blockedTerm) + 1);

/** The terms that a channel's owner blocks in its chat. */
export const blockedTermsSchema = z
  .strictObject({
    terms: z.array(term).check(
      z.maxLength(MAX_TERMS, `must have at most ${MAX_TERMS} terms`),
      z.meta({
        description: 'Plain text, without patterns. Case, accents and punctuation are ignored.',
      }),
    ),
  })
  .check(z.meta({ id: 'BlockedTerms' }));

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
  query: z.strictObject({
    senderId: z
      .optional(userId)
      .check(z.meta({ description: "The id of the message's sender, for the moderation log." })),
    reason: z
      .optional(textField(textBounds.banReason))
      .check(z.meta({ description: 'A note for the moderation log.', example: 'Spoiler' })),
  }),
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

const ofModerator = z.strictObject({ username, moderatorUsername: moderator });

export const listModeratorsRoute = route('listModerators', {
  auth: 'user',
  params: ofChannel,
  query: z.strictObject(listQuery),
});

export const appointModeratorRoute = route('appointModerator', {
  auth: 'user',
  params: ofModerator,
  query: none,
});

export const dismissModeratorRoute = route('dismissModerator', {
  auth: 'user',
  params: ofModerator,
  query: none,
});

export const listModerationLogRoute = route('listModerationLog', {
  auth: 'user',
  params: ofChannel,
  query: z.strictObject(listQuery),
});

export const listModeratedRoute = route('listModerated', {
  auth: 'user',
  params: none,
  query: z.strictObject(listQuery),
});
