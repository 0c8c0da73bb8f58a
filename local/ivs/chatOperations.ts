import { z } from 'zod';
import { keepChatToken } from './chatTokens.ts';
import { randomId } from './ids.ts';
import {
  attributes,
  type IvsContext,
  type IvsOperations,
  messageId,
  operation,
  roomArn,
} from './operation.ts';
import { findRoom } from './roomOperations.ts';
import { CHAT_TOKEN_LIFE_MS, chatCapabilities, deletedMessage } from './roomState.ts';

const MINUTE_MS = 60_000;

const userId = z.string().min(1).max(128);
const reason = z.string().min(1).max(256).optional();

/** Operations on what happens in a chat room. */
export const chatOperations: IvsOperations = {
  CreateChatToken: operation(
    z.object({
      roomIdentifier: roomArn,
      userId,
      capabilities: z.array(z.enum(chatCapabilities)).default([]),
      sessionDurationInMinutes: z.number().int().min(1).max(180).default(60),
      attributes: attributes.default({}),
    }),
    (context, { roomIdentifier, sessionDurationInMinutes, capabilities, ...user }) => {
      const { arn } = findRoom(context, roomIdentifier);
      const now = context.now();
      // Clients cannot read it on AWS either. It is sent as a WebSocket sub-protocol: letters and digits are allowed there.
      const token = randomId(256);
      const expiresAt = now.getTime() + CHAT_TOKEN_LIFE_MS;
      const sessionExpiresAt = now.getTime() + sessionDurationInMinutes * MINUTE_MS;
      const grant = {
        ...user,
        roomArn: arn,
        capabilities,
        expiresAt,
        sessionExpiresAt,
      };
      keepChatToken(context.state, token, grant, now);
      return {
        token,
        tokenExpirationTime: new Date(expiresAt).toISOString(),
        sessionExpirationTime: new Date(sessionExpiresAt).toISOString(),
      };
    },
  ),

  SendEvent: operation(
    z.object({
      roomIdentifier: roomArn,
      eventName: z.string().min(1).max(100),
      attributes: attributes.default({}),
    }),
    (context, { roomIdentifier, eventName, attributes: given }) => ({
      id: tell(context, roomIdentifier, eventName, given),
    }),
  ),

  /** Clients are asked to forget a message, whatever its id. */
  DeleteMessage: operation(
    z.object({ roomIdentifier: roomArn, id: messageId, reason }),
    (context, { roomIdentifier, id, reason: Reason }) => ({
      id: tell(context, roomIdentifier, 'aws:DELETE_MESSAGE', { ...deletedMessage(id), Reason }),
    }),
  ),

  /** Ends a user's connections of this moment: a new token connects again. */
  DisconnectUser: operation(
    z.object({ roomIdentifier: roomArn, userId, reason }),
    (context, { roomIdentifier, userId: UserId, reason: Reason }) => {
      tell(context, roomIdentifier, 'aws:DISCONNECT_USER', { UserId, Reason });
      return {};
    },
  ),
};

/** Tells the room of an event, without the attributes that were not given. Gives the event's id. */
function tell(
  context: IvsContext,
  roomIdentifier: string,
  name: string,
  given: Readonly<Record<string, string | undefined>>,
): string {
  const { arn } = findRoom(context, roomIdentifier);
  const id = randomId(12);
  const present = Object.entries(given).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value]],
  );
  context.tellRoom({ kind: 'event', roomArn: arn, id, name, attributes: Object.fromEntries(present) });
  return id;
}
