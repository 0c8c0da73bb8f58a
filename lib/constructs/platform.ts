import {
  CHAT_ENDPOINT_VARIABLE,
  CHAT_LOGGING_VARIABLE,
  MAIL_FROM_VARIABLE,
  RECORDING_CONFIGURATION_VARIABLE,
  RECORDING_RETENTION_VARIABLE,
  RECORDINGS_URL_VARIABLE,
  REVIEW_FALLBACK_VARIABLE,
  REVIEW_HANDLER_VARIABLE,
} from '../../model/functionEnvironment.ts';
import type { FunctionSpec } from '../../model/functions.ts';
import type { StageSettings } from '../config/stageSettings.ts';
import type { Images } from './images.ts';
import type { Recordings } from './recordings.ts';
import type { Secrets } from './secrets.ts';
import type { Tables } from './tables.ts';

/** The chat resources that functions get as environment variables. */
export interface ChatSettings {
  readonly endpoint: string;
  readonly review: { readonly handlerArn: string };
  readonly log: { readonly configurationArn: string };
}

/** The shared resources that functions use. */
export interface Platform {
  readonly settings: StageSettings;
  readonly tables: Tables;
  readonly secrets: Secrets;
  /** Must be created before the functions that use it. */
  readonly recordings?: Recordings;
  /** Must be created before the functions that use it. */
  readonly images?: Images;
  /** Must be created before the functions that use it. It contains functions itself. */
  readonly chat?: ChatSettings;
}

/** Returns the environment variables that a function's spec requires. */
export function environmentOf(
  { recordings, chatEndpoint, attachments, reviewFallback, mail }: FunctionSpec,
  platform: Platform,
): Record<string, string> {
  return {
    ...(recordings ? recorded(built(platform.recordings, 'recordings')) : {}),
    ...(chatEndpoint ? { [CHAT_ENDPOINT_VARIABLE]: built(platform.chat, 'chat').endpoint } : {}),
    ...(mail && platform.settings.mailFrom !== undefined
      ? { [MAIL_FROM_VARIABLE]: platform.settings.mailFrom }
      : {}),
    ...(reviewFallback ? { [REVIEW_FALLBACK_VARIABLE]: platform.settings.chatReviewFallback } : {}),
    ...(attachments ? attached(platform, built(platform.chat, 'chat')) : {}),
  };
}

const recorded = ({ url, retentionDays }: Recordings): Record<string, string> => ({
  [RECORDINGS_URL_VARIABLE]: url,
  ...(retentionDays === undefined ? {} : { [RECORDING_RETENTION_VARIABLE]: String(retentionDays) }),
});

const attached = (
  { recordings, settings }: Platform,
  { review, log }: ChatSettings,
): Record<string, string> => ({
  [RECORDING_CONFIGURATION_VARIABLE]: built(recordings, 'recordings').configurationArn,
  [REVIEW_HANDLER_VARIABLE]: review.handlerArn,
  [REVIEW_FALLBACK_VARIABLE]: settings.chatReviewFallback,
  [CHAT_LOGGING_VARIABLE]: log.configurationArn,
});

export function built<Part>(part: Part | undefined, name: string): Part {
  if (part === undefined) throw new Error(`${name} must be created before the functions that use it`);
  return part;
}
