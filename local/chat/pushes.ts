import { randomId } from '../ivs/ids.ts';
import { deletedMessage } from '../ivs/roomState.ts';
import type { Refusal } from './requests.ts';

// What clients are sent (IVS Chat Messaging API reference, the operations marked Subscribe, and its page on errors).

type Attributes = Readonly<Record<string, string>>;

export interface MessagePush {
  readonly Type: 'MESSAGE';
  readonly Id: string;
  readonly RequestId: string;
  readonly Attributes: Attributes;
  readonly Content: string;
  readonly SendTime: string;
  readonly Sender: { readonly UserId: string; readonly Attributes: Attributes };
}

export interface EventPush {
  readonly Type: 'EVENT';
  readonly Id: string;
  readonly RequestId: string;
  readonly EventName: string;
  readonly Attributes: Attributes;
  readonly SendTime: string;
}

export interface ErrorPush {
  readonly Type: 'ERROR';
  readonly Id: string;
  readonly RequestId: string;
  readonly ErrorCode: Refusal['code'];
  readonly ErrorMessage: string;
}

/** What everybody in a room sees, and what is logged. */
export type RoomPush = MessagePush | EventPush;

/** The id of a message or an event, as IVS Chat makes them. */
export const newChatId = () => randomId(12);

export function errorPush(requestId: string, { code, message }: Refusal): ErrorPush {
  return { Type: 'ERROR', Id: newChatId(), RequestId: requestId, ErrorCode: code, ErrorMessage: message };
}

/** The event that asks clients to forget a message. */
export function deletion(messageId: string, reason: string | undefined) {
  return { name: 'aws:DELETE_MESSAGE', attributes: withReason(deletedMessage(messageId), reason) };
}

/** The event that tells of a user who is disconnected. */
export function disconnection(userId: string, reason: string | undefined) {
  return { name: 'aws:DISCONNECT_USER', attributes: withReason({ UserId: userId }, reason) };
}

function withReason(attributes: Attributes, reason: string | undefined): Attributes {
  return reason === undefined ? attributes : { ...attributes, Reason: reason };
}

const NANOSECONDS = 1_000_000n;

/**
 * Gives send times as IVS Chat writes them: of nanoseconds, without zeros at the end. Each is later than the one before,
 * so that the order in which messages were sent can be read from them.
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
