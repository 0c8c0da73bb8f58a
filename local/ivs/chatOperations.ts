import { z } from 'zod';
import { randomId } from './ids.ts';
import { attributes, type IvsOperations, operation, roomArn } from './operation.ts';
import { findRoom } from './roomOperations.ts';

const MINUTE_MS = 60_000;
/** How long a token can be used to connect. */
const TOKEN_LIFE_MS = MINUTE_MS;

const userId = z.string().min(1).max(128);
const reason = z.string().min(1).max(256).optional();
const messageId = z
  .string()
  .length(12)
  .regex(/^[a-zA-Z0-9]+$/);

/** Operations on what happens in a chat room. Nobody is connected: what clients would be sent is noted. */
export const chatOperations: IvsOperations = {
  CreateChatToken: operation(
    z.object({
      roomIdentifier: roomArn,
      userId,
      capabilities: z.array(z.enum(['SEND_MESSAGE', 'DISCONNECT_USER', 'DELETE_MESSAGE'])).optional(),
      sessionDurationInMinutes: z.number().int().min(1).max(180).default(60),
      attributes: attributes.optional(),
    }),
    (context, { roomIdentifier, sessionDurationInMinutes }) => {
      findRoom(context, roomIdentifier);
      const now = context.now().getTime();
      return {
        // Clients cannot read it on AWS either.
        token: randomId(256),
        tokenExpirationTime: new Date(now + TOKEN_LIFE_MS).toISOString(),
        sessionExpirationTime: new Date(now + sessionDurationInMinutes * MINUTE_MS).toISOString(),
      };
    },
  ),

  SendEvent: operation(
    z.object({
      roomIdentifier: roomArn,
      eventName: z.string().min(1).max(100),
      attributes: attributes.default({}),
    }),
    (context, input) => {
      const { arn } = findRoom(context, input.roomIdentifier);
      context.deliver(arn, { EventName: input.eventName, Attributes: input.attributes });
      return { id: randomId(12) };
    },
  ),

  /** Clients are asked to forget a message, whatever its id. */
  DeleteMessage: operation(z.object({ roomIdentifier: roomArn, id: messageId, reason }), (context, input) => {
    const { arn } = findRoom(context, input.roomIdentifier);
    const Attributes = { MessageID: input.id, Reason: input.reason };
    context.deliver(arn, { EventName: 'aws:DELETE_MESSAGE', Attributes });
    return { id: randomId(12) };
  }),

  /** Ends a user's connections of this moment: a new token connects again. */
  DisconnectUser: operation(z.object({ roomIdentifier: roomArn, userId, reason }), (context, input) => {
    const { arn } = findRoom(context, input.roomIdentifier);
    const Attributes = { UserId: input.userId, Reason: input.reason };
    context.deliver(arn, { EventName: 'aws:DISCONNECT_USER', Attributes });
    return {};
  }),
};
