import type { FunctionSpec } from '../../model/functions.ts';
import {
  CHAT_ENDPOINT_VARIABLE,
  CHAT_LOGGING_VARIABLE,
  RECORDING_CONFIGURATION_VARIABLE,
  RECORDINGS_URL_VARIABLE,
  REVIEW_FALLBACK_VARIABLE,
  REVIEW_HANDLER_VARIABLE,
} from '../../model/functions.ts';
import type { Chat } from './chat.ts';
import type { Platform } from './nodeFunction.ts';

/** The variables by which a function is told of what is around it, those that its spec names. */
export function surroundings(
  { recordings, chatEndpoint, attachments, reviewFallback }: FunctionSpec,
  platform: Platform,
): Record<string, string> {
  return {
    ...(recordings ? { [RECORDINGS_URL_VARIABLE]: built(platform.recordings, 'recordings').url } : {}),
    ...(chatEndpoint ? { [CHAT_ENDPOINT_VARIABLE]: built(platform.chat, 'chat').endpoint } : {}),
    ...(reviewFallback ? { [REVIEW_FALLBACK_VARIABLE]: platform.settings.chatReviewFallback } : {}),
    ...(attachments ? attached(platform, built(platform.chat, 'chat')) : {}),
  };
}

const attached = ({ recordings, settings }: Platform, { review, log }: Chat): Record<string, string> => ({
  [RECORDING_CONFIGURATION_VARIABLE]: built(recordings, 'recordings').configurationArn,
  [REVIEW_HANDLER_VARIABLE]: review.handlerArn,
  [REVIEW_FALLBACK_VARIABLE]: settings.chatReviewFallback,
  [CHAT_LOGGING_VARIABLE]: log.configurationArn,
});

function built<Part>(part: Part | undefined, name: string): Part {
  if (part === undefined) throw new Error(`a function is to be told of ${name} before that is built`);
  return part;
}
