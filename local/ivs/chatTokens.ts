import { z } from 'zod';
import type { IvsState } from './state.ts';

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

/** Keeps what `token` stands for, until it is used or too old to be. */
export function keepChatToken(state: IvsState, token: string, grant: ChatGrant, now: Date): void {
  // All live equally long, so the oldest are the first.
  for (const [old, { expiresAt }] of state.chatTokens) {
    if (expiresAt > now.getTime()) break;
    state.removeChatToken(old);
  }
  state.putChatToken(token, grant);
}

/** What `token` stands for, once: a token makes one connection. Undefined, and it is none, used or too old. */
export function redeemChatToken(state: IvsState, token: string, now: Date): ChatGrant | undefined {
  const grant = state.chatTokens.get(token);
  state.removeChatToken(token);
  return grant !== undefined && grant.expiresAt > now.getTime() ? grant : undefined;
}
