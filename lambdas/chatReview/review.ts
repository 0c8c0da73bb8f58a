import type { ReviewFallback } from '../../model/functionEnvironment.ts';
import type { RoomRules, RoomRulesReader } from '../../store/roomRules.ts';
import { builtInLexicons } from './builtInLexicon.ts';
import { type Lexicon, lexiconOfTerms } from './lexicon.ts';
import { maskText } from './maskText.ts';
import { readReviewEvent } from './reviewEvent.ts';

/**
 * The response to IVS Chat, in its spelling. The sender of a rejected message receives `Attributes.Reason`.
 */
export interface ReviewAnswer {
  readonly ReviewResult: 'ALLOW' | 'DENY';
  readonly Content: string;
  readonly Attributes: Readonly<Record<string, string>>;
}

export interface ReviewPorts {
  /** What happens to a message when its room's rules cannot be read. */
  readonly fallback: ReviewFallback;
  readonly rules: RoomRulesReader;
  readonly clock: () => Date;
  /** Called for each message that is rejected because its room's rules cannot be read. */
  readonly onUnread?: () => void;
}

export const BANNED_REASON = 'You are banned from this chat.';
export const UNREAD_REASON = 'The message could not be reviewed. Send it again in a few seconds.';

const noRules: RoomRules = { blockedTerms: [], bans: [] };

/**
 * Creates a function that reviews one message: it rejects messages of banned users, and masks profane and
 * blocked words in all others. It masks the content and the attribute values, which the sender also chooses,
 * and removes attributes whose name would be masked. `Sender.Attributes` come from the chat token, which this
 * back end creates, so senders cannot change them.
 *
 * When the room's rules cannot be read, `DENY` as `fallback` rejects the message, and `ALLOW` masks only the
 * built-in words.
 *
 * The function rejects for an event that is not a message and for an internal error: IVS then applies the
 * room's fallback, which the operator chose. Allowing the message here would override that choice.
 */
export function messageReviewer({
  fallback,
  rules,
  clock,
  onUnread = () => {},
}: ReviewPorts): (event: unknown) => Promise<ReviewAnswer> {
  // Built once for each read of the rules, and released with them.
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
  // Times are compared as ISO texts. The parser of model/time.ts is too large for this function.
  const now = at.toISOString();
  return bans.some(ban => ban.userId === userId && (ban.until === undefined || ban.until > now));
}
