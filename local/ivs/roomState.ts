import { z } from 'zod';
import { tagRecord } from './tags.ts';

/** A change to a chat room by the control plane, which its clients must be told about. */
export type RoomEvent =
  | {
      readonly kind: 'event';
      readonly roomArn: string;
      readonly id: string;
      readonly name: string;
      readonly attributes: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'deleted'; readonly roomArn: string };

/** The attributes of a deletion event: some clients read `MessageId`, others the older `MessageID`. */
export const deletedMessage = (id: string) => ({ MessageId: id, MessageID: id });

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

/** The settings through which the messages of a room are reviewed and logged. */
export type RoomAttachments = Pick<SimulatedRoom, 'messageReviewHandler' | 'loggingConfigurationIdentifiers'>;

/** The default settings of a room (API reference of IVS Chat, CreateRoom). */
export const defaultRoom = { maximumMessageRatePerSecond: 10, maximumMessageLength: 500 } as const;

/** The time in which a token can be used to connect (API reference of IVS Chat, CreateChatToken). */
export const CHAT_TOKEN_LIFE_MS = 60_000;

export const chatCapabilities = ['SEND_MESSAGE', 'DISCONNECT_USER', 'DELETE_MESSAGE'] as const;
export type ChatCapability = (typeof chatCapabilities)[number];

/** The permissions of a chat token. Times are in milliseconds since 1970. */
export const chatGrant = z
  .object({
    roomArn: z.string(),
    userId: z.string(),
    attributes: z.record(z.string(), z.string()),
    capabilities: z.array(z.enum(chatCapabilities)).readonly(),
    /** The time until which the token can be used to connect. */
    expiresAt: z.number(),
    /** The time at which the connection ends. */
    sessionExpiresAt: z.number(),
  })
  .readonly();
export type ChatGrant = z.infer<typeof chatGrant>;
