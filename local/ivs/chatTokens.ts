import type { IvsState } from './state.ts';

/** How long a token can be used to connect (API reference of IVS Chat, CreateChatToken). */
export const CHAT_TOKEN_LIFE_MS = 60_000;

export const chatCapabilities = ['SEND_MESSAGE', 'DISCONNECT_USER', 'DELETE_MESSAGE'] as const;
export type ChatCapability = (typeof chatCapabilities)[number];

/** What a chat token stands for. Times are milliseconds since 1970. */
export interface ChatGrant {
  readonly roomArn: string;
  readonly userId: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly capabilities: ReadonlySet<ChatCapability>;
  /** Until when it can be used to connect. */
  readonly expiresAt: number;
  /** When a connection that was made with it ends. */
  readonly sessionExpiresAt: number;
}

/** Keeps what `token` stands for, until it is used or too old to be. */
export function keepChatToken({ chatTokens }: IvsState, token: string, grant: ChatGrant, now: Date): void {
  // All live equally long, so the oldest are the first.
  for (const [old, { expiresAt }] of chatTokens) {
    if (expiresAt > now.getTime()) break;
    chatTokens.delete(old);
  }
  chatTokens.set(token, grant);
}

/** What `token` stands for, once: a token makes one connection. Undefined, and it is none, used or too old. */
export function redeemChatToken({ chatTokens }: IvsState, token: string, now: Date): ChatGrant | undefined {
  const grant = chatTokens.get(token);
  chatTokens.delete(token);
  return grant !== undefined && grant.expiresAt > now.getTime() ? grant : undefined;
}
