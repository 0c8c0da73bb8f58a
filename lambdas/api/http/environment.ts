import { shownSince } from '../../../domain/recordings.ts';
import type { Attachments } from '../../../ivs/ports.ts';
import {
  ALLOWED_ORIGINS_VARIABLE,
  CHAT_ENDPOINT_VARIABLE,
  CHAT_LOGGING_VARIABLE,
  CURSOR_SECRET_VARIABLE,
  LIMITS_VARIABLE,
  RECORDING_CONFIGURATION_VARIABLE,
  RECORDING_RETENTION_VARIABLE,
  RECORDINGS_URL_VARIABLE,
  REVIEW_HANDLER_VARIABLE,
  reviewFallbackFrom,
  STACK_NAME_VARIABLE,
  TOKEN_SECRET_VARIABLE,
} from '../../../model/functionEnvironment.ts';
import { type LimitSettings, limitSettings } from '../../../model/rateLimit.ts';
import { requiredVariable } from '../../../model/variables.ts';
import * as z from '../../../model/zod.ts';
import type { AllowedOrigins } from './app.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the allowed origins from `ALLOWED_ORIGINS`: `*`, or a list such as
 * `https://app.example.com,http://localhost:5173`.
 * @throws Error that names the variable when it is missing or contains something that is not an origin.
 */
export function allowedOriginsFrom(environment: Environment): AllowedOrigins {
  const value = requiredVariable(environment, ALLOWED_ORIGINS_VARIABLE);
  if (value === '*') return '*';
  const origins = value.split(',').map(origin => origin.trim());
  for (const origin of origins) {
    // Browsers send only scheme, host and port. An entry with a path or a trailing slash would never match.
    if (!URL.canParse(origin) || new URL(origin).origin !== origin)
      throw new Error(
        `the environment variable ${ALLOWED_ORIGINS_VARIABLE} must be * or a comma-separated list of origins ` +
          `such as https://app.example.com (got '${origin}')`,
      );
  }
  return origins;
}

/**
 * Reads the id of the secret that signs cursors.
 * @throws Error that names the variable when it is missing.
 */
export function cursorSecretIdFrom(environment: Environment): string {
  return requiredVariable(environment, CURSOR_SECRET_VARIABLE);
}

/**
 * Reads the id of the secret that signs access tokens.
 * @throws Error that names the variable when it is missing.
 */
export function tokenSecretIdFrom(environment: Environment): string {
  return requiredVariable(environment, TOKEN_SECRET_VARIABLE);
}

/**
 * Reads the rate limits.
 * @throws Error that names the variable when it is missing or not valid.
 */
export function limitsFrom(environment: Environment): LimitSettings {
  const value = requiredVariable(environment, LIMITS_VARIABLE);
  const result = z.pipe(z.pipe(z.string(), z.transform(parseJson)), limitSettings).safeParse(value);
  if (result.success) return result.data;
  throw new Error(
    `the environment variable ${LIMITS_VARIABLE} is '${value}': ${z.prettifyError(result.error)}`,
  );
}

/**
 * Reads the stack's name, which tags the resources created at IVS.
 * @throws Error that names the variable when it is missing.
 */
export function stackNameFrom(environment: Environment): string {
  return requiredVariable(environment, STACK_NAME_VARIABLE);
}

/**
 * Reads the WebSocket URL that chat clients connect to.
 * @throws Error that names the variable when it is missing.
 */
export function chatEndpointFrom(environment: Environment): string {
  return requiredVariable(environment, CHAT_ENDPOINT_VARIABLE);
}

/**
 * Reads the base URL of recordings, such as `https://d111111abcdef8.cloudfront.net`.
 * @throws Error that names the variable when it is missing.
 */
export function recordingsUrlFrom(environment: Environment): string {
  return requiredVariable(environment, RECORDINGS_URL_VARIABLE).replace(/\/$/, '');
}

/**
 * Returns a function that gives the start of the oldest streams whose recordings are shown: see `shownSince`.
 * @throws Error that names the variable when it is not a whole number of days.
 */
export function shownSinceFrom(environment: Environment, clock: () => Date): () => string {
  const text = environment[RECORDING_RETENTION_VARIABLE];
  if (!text) return () => shownSince(clock(), undefined);
  if (!/^[1-9]\d*$/.test(text))
    throw new Error(`${RECORDING_RETENTION_VARIABLE} is '${text}', not a whole number of days`);
  return () => shownSince(clock(), Number(text));
}

/**
 * Reads the ARNs that new channels and chat rooms are configured with.
 * @throws Error that names the first variable that is missing or not valid.
 */
export function attachmentsFrom(environment: Environment): Attachments {
  const reviewFallback = reviewFallbackFrom(environment);
  return {
    recordingConfigurationArn: requiredVariable(environment, RECORDING_CONFIGURATION_VARIABLE),
    reviewHandlerArn: requiredVariable(environment, REVIEW_HANDLER_VARIABLE),
    reviewFallback,
    loggingConfigurationArn: requiredVariable(environment, CHAT_LOGGING_VARIABLE),
  };
}

function parseJson(text: string, context: z.core.ParsePayload): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    context.issues.push({ code: 'custom', message: 'must be JSON', input: text });
    return z.NEVER;
  }
}
