import { z } from 'zod';
import { attributes, messageId } from '../ivs/operation.ts';
import type { ChatCapability } from '../ivs/roomState.ts';

// What clients send (IVS Chat Messaging API reference, the operations marked Publish).

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

/** What an action needs. Actions are called as the capabilities they need. */
export const capabilityFor = ({ Action }: ChatRequest): ChatCapability => Action;

/** Why a request is refused, in the codes of the API reference's page on error messages. */
export interface Refusal {
  readonly code: 400 | 401 | 403 | 404 | 406 | 413 | 429 | 500;
  readonly message: string;
}

/** A frame as it came in: what it asks for, or why that cannot be read. */
export interface Frame {
  /** The client's own name for the request; empty when it has none. */
  readonly requestId: string;
  readonly request: ChatRequest | Refusal;
}

const MAX_REASON = 256;
const named = z.object({ RequestId: z.string() });

export function readFrame(text: string): Frame {
  const value = jsonOf(text);
  const requestId = named.safeParse(value).data?.RequestId ?? '';
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

/** Of a message's content the room decides how long it may be. */
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
