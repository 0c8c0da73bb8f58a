import { reviewFallbackFrom } from '../../model/functionEnvironment.ts';
import { REVIEW_RULES_UNREAD } from '../../model/metrics.ts';
import { roomRulesReader } from '../../store/roomRules.ts';
import { builtInLexicons } from './builtInLexicon.ts';
import { messageReviewer, type ReviewAnswer } from './review.ts';

/**
 * Called by IVS Chat with each message before it is delivered, and waited for: 200 ms in all, a cold start included.
 * So there is no SDK in here, no logger and no parsing library, and what a message waits for has a limit of its own.
 *
 * 1. Reads the room's blocked terms and bans, unless it has read them lately. If they cannot be read, the stack's
 *    fallback decides: `DENY` refuses the message, `ALLOW` goes on with the built-in words alone.
 * 2. Refuses the message of somebody who is banned; masks what is profane or blocked in any other.
 *
 * When it fails, IVS applies the room's own fallback.
 */
// While the function starts it has more of a processor than it has afterwards.
builtInLexicons('');

const fallback = reviewFallbackFrom(process.env);
const review = messageReviewer({
  fallback,
  rules: roomRulesReader(process.env, {
    fallback,
    onFailure: error => logFailure('room rules could not be read', error),
  }),
  clock: () => new Date(),
  onUnread: () =>
    log({ message: 'a message was refused: room rules could not be read', reason: REVIEW_RULES_UNREAD }),
});

export const handler = async (event: unknown): Promise<ReviewAnswer> => {
  try {
    return await review(event);
  } catch (error) {
    logFailure('a message could not be reviewed', error);
    throw error;
  }
};

function logFailure(message: string, error: unknown): void {
  const cause =
    error instanceof Error ? { name: error.name, message: error.message } : { name: typeof error };
  log({ message, error: cause });
}

/**
 * One line of JSON, as the other functions' logger writes it. Never the event: it holds what somebody wrote. Not through
 * `console`: Lambda's writes such a line as a text inside another, where a metric filter finds no `reason`.
 */
function log(fields: Readonly<Record<string, unknown>>): void {
  process.stderr.write(
    `${JSON.stringify({ level: 'ERROR', ...fields, timestamp: new Date().toISOString() })}\n`,
  );
}
