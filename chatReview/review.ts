import type { RoomRules, RoomRulesReader } from '../store/roomRules.ts';
import { builtInLexicons } from './builtInLexicon.ts';
import { type Lexicon, lexiconOfTerms } from './lexicon.ts';
import { maskText } from './maskText.ts';
import { readReviewEvent } from './reviewEvent.ts';

/** What IVS Chat takes for an answer, in its spelling. Of a refused message the sender is told `Attributes.Reason`. */
export interface ReviewAnswer {
  readonly ReviewResult: 'ALLOW' | 'DENY';
  readonly Content: string;
  readonly Attributes: Readonly<Record<string, string>>;
}

export interface ReviewPorts {
  readonly rules: RoomRulesReader;
  readonly clock: () => Date;
}

export const BANNED_REASON = 'You are banned from this chat.';

/**
 * Reviews one message at a time: refuses those of who is banned, and masks in all others what is profane or what the
 * room's owner has blocked.
 *
 * An event that is not a message rejects, and so does a fault of the review itself: what then becomes of the message
 * is the room's fallback, which the stack's owner has chosen. Letting it pass from here would overrule that.
 */
export function messageReviewer({ rules, clock }: ReviewPorts): (event: unknown) => Promise<ReviewAnswer> {
  // Made once each time the rules are read, and gone with them.
  const termsOf = new WeakMap<RoomRules, Lexicon>();
  return async event => {
    const { chatRoomId, content, senderId, attributes } = readReviewEvent(event);
    const found = await rules(chatRoomId);
    if (isBanned(found, senderId, clock()))
      return { ReviewResult: 'DENY', Content: content, Attributes: { Reason: BANNED_REASON } };
    const terms = termsOf.get(found) ?? lexiconOfTerms(found.blockedTerms);
    termsOf.set(found, terms);
    const masked = maskText(content, [...builtInLexicons(content), terms]);
    return { ReviewResult: 'ALLOW', Content: masked, Attributes: attributes };
  };
}

function isBanned({ bans }: RoomRules, userId: string, at: Date): boolean {
  // As model/time.ts has it, whose parser is not to be loaded here: times as texts in one form.
  const now = at.toISOString();
  return bans.some(ban => ban.userId === userId && (ban.until === undefined || ban.until > now));
}
