import type { ChatGrant } from './roomState.ts';
import type { IvsState } from './state.ts';

/** Stores the grant of a token until the token is used or expires. */
export function storeChatToken(state: IvsState, token: string, grant: ChatGrant, now: Date): void {
  // All tokens have the same lifetime, so the first ones expire first.
  for (const [old, { expiresAt }] of state.chatTokens) {
    if (expiresAt > now.getTime()) break;
    state.removeChatToken(old);
  }
  state.putChatToken(token, grant);
}

/** Returns the grant of a token and deletes it. Returns undefined for an unknown, used or expired token. */
export function redeemChatToken(state: IvsState, token: string, now: Date): ChatGrant | undefined {
  const grant = state.chatTokens.get(token);
  state.removeChatToken(token);
  return grant !== undefined && grant.expiresAt > now.getTime() ? grant : undefined;
}
