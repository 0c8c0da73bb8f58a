import { z } from 'zod';
import { attributes, messageId } from '../ivs/operation.ts';
import type { ChatCapability } from '../ivs/roomState.ts';

// What clients send to the server (IVS Chat Messaging API reference: Publish operations).

const sendMessage = z.object({
  Action: z.literal('SEND_MESSAGE'),
  Content: z.string().min(1),
  Attributes: z.record(z.string(), z.string()).nullish(),
});

const deleteMessage = z.object({
  Action: z.literal('DELETE_MESSAGE'),
  Id: messageId,
  Reason: z.string().nullish(),
});

const disconnectUser = z.object({
  Action: z.literal('DISCONNECT_USER'),
  UserId: z.string().min(1),
  Reason: z.string().nullish(),
});

const request = z.discriminatedUnion('Action', [sendMessage, deleteMessage, disconnectUser]);
export type ChatRequest = z.output<typeof request>;
export type SendMessage = z.output<typeof sendMessage>;

/** Returns the capability that an action needs. It has the same name as the action. */
export const capabilityFor = ({ Action }: ChatRequest): ChatCapability => Action;

/** The reason why a request is refused, with a code of the API reference's page on error messages. */
export interface Refusal {
  readonly code: 400 | 401 | 403 | 404 | 406 | 413 | 429 | 500;
  readonly message: string;
}

/** A received frame: the request, or the reason why it is invalid. */
export interface Frame {
  /** The id that the client gave to the request; empty if none. */
  readonly requestId: string;
  readonly request: ChatRequest | Refusal;
}

const MAX_REASON = 256;
const identified = z.object({ RequestId: z.string() });

export function readFrame(text: string): Frame {
  const value = jsonOf(text);
  const requestId = identified.safeParse(value).data?.RequestId ?? '';
  const parsed = request.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue?.path.join('.') || 'the request';
    return { requestId, request: { code: 400, message: `${place}: ${issue?.message}` } };
  }
  return { requestId, request: tooLarge(parsed.data) ?? parsed.data };
}

export function isRefusal(given: ChatRequest | Refusal): given is Refusal {
  return 'code' in given;
}

/** Checks the sizes that are the same for all rooms. The room limits the length of the content. */
function tooLarge(given: ChatRequest): Refusal | undefined {
  if (given.Action === 'SEND_MESSAGE') {
    if (attributes.safeParse(given.Attributes ?? {}).success) return undefined;
    return { code: 413, message: 'Attributes must be 1 KB at most' };
  }
  if ([...(given.Reason ?? '')].length <= MAX_REASON) return undefined;
  return { code: 413, message: `Reason must be ${MAX_REASON} characters at most` };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
