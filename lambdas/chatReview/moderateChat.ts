import { reviewFallbackFrom } from '../../model/functionEnvironment.ts';
import { REVIEW_RULES_UNREAD } from '../../model/metrics.ts';
import { roomRulesReader } from '../../store/roomRules.ts';
import { builtInLexicons } from './builtInLexicon.ts';
import { messageReviewer, type ReviewAnswer } from './review.ts';

/**
 * Called by IVS Chat with each message before it is delivered. IVS waits at most 200 ms, including a cold
 * start, so this function uses no SDK, logger or parsing library, and its requests have a time limit of their
 * own.
 *
 * 1. Reads the room's blocked terms and bans, unless they are cached. If they cannot be read, the stack's
 * fallback decides: `DENY` rejects the message, `ALLOW` continues with the built-in words only.
 * 2. Rejects the message of a banned user, and masks profane and blocked words in all others.
 *
 * If the function fails, IVS applies the fallback of the room.
 */
// Lambda gives a function more CPU during initialization than during invocations.
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
    log({
      message: 'a message was rejected because the room rules could not be read',
      reason: REVIEW_RULES_UNREAD,
    }),
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
 * Writes one line of JSON in the format of the other functions' logger. It never logs the event, which
 * contains the user's message. It does not use `console`: Lambda would wrap the line as a text in another
 * JSON object, where a metric filter does not find `reason`.
 */
function log(fields: Readonly<Record<string, unknown>>): void {
  process.stderr.write(
    `${JSON.stringify({ level: 'ERROR', ...fields, timestamp: new Date().toISOString() })}\n`,
  );
}
