import { requiredVariable } from './variables.ts';

/** The environment variable that names the secret which signs list cursors. */
export const CURSOR_SECRET_VARIABLE = 'CURSOR_SECRET_ID';

/**
 * The environment variable that lists the origins that browsers may call from: a comma-separated list, or
 * `*`.
 */
export const ALLOWED_ORIGINS_VARIABLE = 'ALLOWED_ORIGINS';

/** The environment variable that names the secret which signs access tokens. */
export const TOKEN_SECRET_VARIABLE = 'TOKEN_SECRET_ID';

/**
 * The environment variable that names the secret with which CloudFront proves that a request came through it. It is
 * missing where no CloudFront is in front of the API.
 */
export const ORIGIN_SECRET_VARIABLE = 'ORIGIN_SECRET_ID';

/** The environment variable that holds the stack's name. Every function has it, to tag IVS resources. */
export const STACK_NAME_VARIABLE = 'STACK_NAME';

/**
 * The environment variables that hold the number of followers that a partner needs, and how many days each
 * must have followed. Every function has them.
 */
export const PARTNER_FOLLOWERS_VARIABLE = 'PARTNER_FOLLOWERS';
export const PARTNER_FOLLOWER_AGE_VARIABLE = 'PARTNER_FOLLOWER_AGE_DAYS';

/** The environment variable that holds the stage's limits as JSON. Every function of the API has it. */
export const LIMITS_VARIABLE = 'LIMITS';

/**
 * The tag that names the stack which created an IVS resource. Functions may only use resources of their own
 * stack.
 */
export const STACK_TAG = 'stack';

/**
 * The environment variable that holds the base URL of recordings and images: `https://d111111abcdef8.cloudfront.net`.
 */
export const RECORDINGS_URL_VARIABLE = 'RECORDINGS_URL';

/** The environment variable that holds the days for which recordings are shown. Missing or empty: until deleted. */
export const RECORDING_RETENTION_VARIABLE = 'RECORDING_RETENTION_DAYS';

/** The environment variable that names the bucket of users' images. */
export const IMAGES_BUCKET_VARIABLE = 'IMAGES_BUCKET';

/** The environment variable that holds chat's WebSocket URL, which `chatUrl` makes. */
export const CHAT_ENDPOINT_VARIABLE = 'CHAT_ENDPOINT';

/** The environment variable that holds the sender of mails: `Live <live@example.com>`. Missing or empty: no mails. */
export const MAIL_FROM_VARIABLE = 'MAIL_FROM';

/** The environment variables that hold the ARNs and settings that every new channel and chat room gets. */
export const RECORDING_CONFIGURATION_VARIABLE = 'RECORDING_CONFIGURATION_ARN';
export const REVIEW_HANDLER_VARIABLE = 'CHAT_REVIEW_HANDLER_ARN';
export const REVIEW_FALLBACK_VARIABLE = 'CHAT_REVIEW_FALLBACK';
export const CHAT_LOGGING_VARIABLE = 'CHAT_LOGGING_CONFIGURATION_ARN';

/** What happens to a chat message when its review fails: `ALLOW` sends it unchanged, `DENY` drops it. */
export type ReviewFallback = 'ALLOW' | 'DENY';

/**
 * Reads the environment variable `CHAT_REVIEW_FALLBACK`.
 *
 * @throws Error when the variable is missing or is not ALLOW or DENY.
 */
export function reviewFallbackFrom(
  environment: Readonly<Record<string, string | undefined>>,
): ReviewFallback {
  const value = requiredVariable(environment, REVIEW_FALLBACK_VARIABLE);
  if (value === 'ALLOW' || value === 'DENY') return value;
  throw new Error(`the environment variable ${REVIEW_FALLBACK_VARIABLE} is '${value}', not ALLOW or DENY`);
}
