import type { ReviewFallback } from '../../model/functionEnvironment.ts';
import type { RoomRules, RoomRulesReader } from '../../store/roomRules.ts';
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
  /** What becomes of a message whose room's rules cannot be read. */
  readonly fallback: ReviewFallback;
  readonly rules: RoomRulesReader;
  readonly clock: () => Date;
  /** Told of each message that is refused because its room's rules cannot be read. */
  readonly onUnread?: () => void;
}

export const BANNED_REASON = 'You are banned from this chat.';
export const UNREAD_REASON = 'The message could not be reviewed. Send it again in a few seconds.';

const noRules: RoomRules = { blockedTerms: [], bans: [] };

/**
 * Reviews one message at a time: refuses those of users who are banned, and masks in all others what is profane or what
 * the room's owner has blocked. It masks the content and the value of each attribute, which is text that the sender
 * chose as well, and drops an attribute whose name would be masked. `Sender.Attributes` come from the chat token, which
 * this back end makes: senders cannot change them, and IVS takes no others for them.
 *
 * A message whose room's rules cannot be read is refused if `fallback` is `DENY`. Otherwise the built-in words alone are
 * masked in it.
 *
 * An event that is not a message rejects, and so does a fault of the review itself: what then becomes of the message
 * is the room's fallback, which the stack's owner has chosen. Letting it pass from here would overrule that.
 */
export function messageReviewer({
  fallback,
  rules,
  clock,
  onUnread = () => {},
}: ReviewPorts): (event: unknown) => Promise<ReviewAnswer> {
  // Made once each time the rules are read, and gone with them.
  const termsOf = new WeakMap<RoomRules, Lexicon>();
  return async event => {
    const { chatRoomId, content, senderId, attributes } = readReviewEvent(event);
    const deny = (Reason: string): ReviewAnswer => ({
      ReviewResult: 'DENY',
      Content: content,
      Attributes: { Reason },
    });
    const read = await rules(chatRoomId);
    if (read === undefined && fallback === 'DENY') {
      onUnread();
      return deny(UNREAD_REASON);
    }
    const found = read ?? noRules;
    if (isBanned(found, senderId, clock())) return deny(BANNED_REASON);
    const terms = termsOf.get(found) ?? lexiconOfTerms(found.blockedTerms);
    termsOf.set(found, terms);
    const mask = (text: string) => maskText(text, [...builtInLexicons(text), terms]);
    return {
      ReviewResult: 'ALLOW',
      Content: mask(content),
      Attributes: Object.fromEntries(
        Object.entries(attributes)
          .filter(([name]) => mask(name) === name)
          .map(([name, value]) => [name, mask(value)]),
      ),
    };
  };
}

function isBanned({ bans }: RoomRules, userId: string, at: Date): boolean {
  // As model/time.ts has it, whose parser is not to be loaded here: times as texts in one form.
  const now = at.toISOString();
  return bans.some(ban => ban.userId === userId && (ban.until === undefined || ban.until > now));
}
