import { z } from 'zod';
import { randomId } from '../ivs/ids.ts';
import { deletedMessage } from '../ivs/roomState.ts';
import type { Refusal } from './requests.ts';

// What the server sends to clients (IVS Chat Messaging API reference: Subscribe operations, error messages).

type Attributes = Readonly<Record<string, string>>;

const attributes = z.record(z.string(), z.string());
const sent = { Id: z.string(), RequestId: z.string(), Attributes: attributes, SendTime: z.string() };

const messagePush = z.object({
  Type: z.literal('MESSAGE'),
  ...sent,
  Content: z.string(),
  Sender: z.object({ UserId: z.string(), Attributes: attributes }),
});
const eventPush = z.object({ Type: z.literal('EVENT'), ...sent, EventName: z.string() });

/** A message or event, which all clients in a room receive and which is logged. */
export const roomPush = z.discriminatedUnion('Type', [messagePush, eventPush]);
export type RoomPush = z.output<typeof roomPush>;

export interface ErrorPush {
  readonly Type: 'ERROR';
  readonly Id: string;
  readonly RequestId: string;
  readonly ErrorCode: Refusal['code'];
  readonly ErrorMessage: string;
}

/** Returns the id of a new message or event, in the format of IVS Chat. */
export const newChatId = () => randomId(12);

export function errorPush(requestId: string, { code, message }: Refusal): ErrorPush {
  return { Type: 'ERROR', Id: newChatId(), RequestId: requestId, ErrorCode: code, ErrorMessage: message };
}

/** The event that asks clients to remove a message. */
export function deletion(messageId: string, reason: string | undefined) {
  return { name: 'aws:DELETE_MESSAGE', attributes: withReason(deletedMessage(messageId), reason) };
}

/** The event that reports that a user is disconnected. */
export function disconnection(userId: string, reason: string | undefined) {
  return { name: 'aws:DISCONNECT_USER', attributes: withReason({ UserId: userId }, reason) };
}

function withReason(attributes: Attributes, reason: string | undefined): Attributes {
  return reason === undefined ? attributes : { ...attributes, Reason: reason };
}

const NANOSECONDS = 1_000_000n;

/**
 * Makes a function that returns send times in the format of IVS Chat: with nanoseconds, without zeros at the
 * end. Each time is later than the one before, so that messages can be sorted by it.
 */
export function sendTimes(now: () => Date): () => string {
  let last = 0n;
  return () => {
    const time = BigInt(now().getTime()) * NANOSECONDS;
    last = time > last ? time : last + 1n;
    const milliseconds = new Date(Number(last / NANOSECONDS)).toISOString().slice(0, -1);
    const fraction = String(last % NANOSECONDS).padStart(6, '0');
    return `${`${milliseconds}${fraction}`.replace(/\.?0+$/, '')}Z`;
  };
}
