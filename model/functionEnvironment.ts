import { requiredVariable } from './variables.ts';

/** The environment variable that names the secret which signs list cursors. */
export const CURSOR_SECRET_VARIABLE = 'CURSOR_SECRET_ID';

/** The environment variable that lists the origins browsers may call from: a comma list, or `*`. */
export const ALLOWED_ORIGINS_VARIABLE = 'ALLOWED_ORIGINS';

/** The environment variable that names the secret which signs access tokens. */
export const TOKEN_SECRET_VARIABLE = 'TOKEN_SECRET_ID';

/** The environment variable that holds the stack's name: every function has it, for the tags of IVS resources. */
export const STACK_NAME_VARIABLE = 'STACK_NAME';

/** The environment variables that say how many followers a partner needs, and for how long each must follow. Every function has them. */
export const PARTNER_FOLLOWERS_VARIABLE = 'PARTNER_FOLLOWERS';
export const PARTNER_FOLLOWER_AGE_VARIABLE = 'PARTNER_FOLLOWER_AGE_DAYS';

/** The environment variable that holds the stage's limits, as JSON: every function of the API has it. */
export const LIMITS_VARIABLE = 'LIMITS';

/** The tag of an IVS resource that says which stack made it. Functions may only touch those of their own stack. */
export const STACK_TAG = 'stack';

/** The environment variable that says where recordings are served, as `https://d111111abcdef8.cloudfront.net`. */
export const RECORDINGS_URL_VARIABLE = 'RECORDINGS_URL';

/** The environment variable that holds the WebSocket URL of chat, as `wss://edge.ivschat.us-west-2.amazonaws.com`. */
export const CHAT_ENDPOINT_VARIABLE = 'CHAT_ENDPOINT';

/** The environment variables that hold the ARNs of what every new channel and chat room is given. */
export const RECORDING_CONFIGURATION_VARIABLE = 'RECORDING_CONFIGURATION_ARN';
export const REVIEW_HANDLER_VARIABLE = 'CHAT_REVIEW_HANDLER_ARN';
export const REVIEW_FALLBACK_VARIABLE = 'CHAT_REVIEW_FALLBACK';
export const CHAT_LOGGING_VARIABLE = 'CHAT_LOGGING_CONFIGURATION_ARN';

/** What becomes of a chat message that could not be reviewed: it is sent as it is, or it is not sent. */
export type ReviewFallback = 'ALLOW' | 'DENY';

/** @throws Error that names the environment variable, when it is missing or has another value. */
export function reviewFallbackFrom(
  environment: Readonly<Record<string, string | undefined>>,
): ReviewFallback {
  const value = requiredVariable(environment, REVIEW_FALLBACK_VARIABLE);
  if (value === 'ALLOW' || value === 'DENY') return value;
  throw new Error(`the environment variable ${REVIEW_FALLBACK_VARIABLE} is '${value}', not ALLOW or DENY`);
}
