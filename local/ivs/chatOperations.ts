import { z } from 'zod';
import { storeChatToken } from './chatTokens.ts';
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

/** Operations on the users and messages of chat rooms. */
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
      // As on AWS, the token is opaque. A WebSocket sub-protocol can contain letters and digits.
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
      storeChatToken(context.state, token, grant, now);
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
      id: sendEvent(context, roomIdentifier, eventName, given),
    }),
  ),

  /** Asks clients to remove a message. The message need not exist. */
  DeleteMessage: operation(
    z.object({ roomIdentifier: roomArn, id: messageId, reason }),
    (context, { roomIdentifier, id, reason: Reason }) => ({
      id: sendEvent(context, roomIdentifier, 'aws:DELETE_MESSAGE', { ...deletedMessage(id), Reason }),
    }),
  ),

  /** Closes a user's connections. With a new token, the user can connect again. */
  DisconnectUser: operation(
    z.object({ roomIdentifier: roomArn, userId, reason }),
    (context, { roomIdentifier, userId: UserId, reason: Reason }) => {
      sendEvent(context, roomIdentifier, 'aws:DISCONNECT_USER', { UserId, Reason });
      return {};
    },
  ),
};

/** Sends an event to a room, without undefined attributes. Returns the event's id. */
function sendEvent(
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
  context.sendToRoom({ kind: 'event', roomArn: arn, id, name, attributes: Object.fromEntries(present) });
  return id;
}
