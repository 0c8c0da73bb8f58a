import { z } from 'zod';
import { tagRecord } from './tags.ts';

/** What happens to a chat room by its control plane. */
export type RoomEvent =
  | {
      readonly kind: 'event';
      readonly roomArn: string;
      readonly id: string;
      readonly name: string;
      readonly attributes: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'deleted'; readonly roomArn: string };

/** How an event names a deleted message: some clients read `MessageId`, others the older `MessageID`. */
export const deletedMessage = (id: string) => ({ MessageId: id, MessageID: id });

/** A chat room as IVS Chat keeps it. */
export const roomRecord = z.object({
  arn: z.string(),
  name: z.string(),
  maximumMessageRatePerSecond: z.number(),
  maximumMessageLength: z.number(),
  messageReviewHandler: z
    .object({ uri: z.string().optional(), fallbackResult: z.enum(['ALLOW', 'DENY']).optional() })
    .optional(),
  loggingConfigurationIdentifiers: z.array(z.string()),
  tags: tagRecord,
  createTime: z.string(),
  updateTime: z.string(),
});
export type SimulatedRoom = Readonly<z.infer<typeof roomRecord>>;

/** What a room is made with, so that what is said in it is reviewed and logged. */
export type RoomAttachments = Pick<SimulatedRoom, 'messageReviewHandler' | 'loggingConfigurationIdentifiers'>;

/** What a room has that nobody chose otherwise (API reference of IVS Chat, CreateRoom). */
export const defaultRoom = { maximumMessageRatePerSecond: 10, maximumMessageLength: 500 } as const;

/** How long a token can be used to connect (API reference of IVS Chat, CreateChatToken). */
export const CHAT_TOKEN_LIFE_MS = 60_000;

export const chatCapabilities = ['SEND_MESSAGE', 'DISCONNECT_USER', 'DELETE_MESSAGE'] as const;
export type ChatCapability = (typeof chatCapabilities)[number];

/** What a chat token stands for. Times are milliseconds since 1970. */
export const chatGrant = z
  .object({
    roomArn: z.string(),
    userId: z.string(),
    attributes: z.record(z.string(), z.string()),
    capabilities: z.array(z.enum(chatCapabilities)).readonly(),
    /** Until when it can be used to connect. */
    expiresAt: z.number(),
    /** When a connection that was made with it ends. */
    sessionExpiresAt: z.number(),
  })
  .readonly();
export type ChatGrant = z.infer<typeof chatGrant>;
