import type { ChatGrant } from './roomState.ts';
import type { IvsState } from './state.ts';

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
