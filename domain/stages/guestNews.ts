import { type Budget, budgetOf } from '../../ivs/budget.ts';
import type { ChatControl } from '../../ivs/ports.ts';
import type { Channel } from '../../model/channel.ts';
import type { StageInvitation } from '../../model/stage.ts';

export interface GuestNewsDependencies {
  readonly chat: Pick<ChatControl, 'sendEvent'>;
  /** Told when the chat room could not be told. */
  readonly onEventFailed: (channelId: string, event: GuestEvent, error: unknown) => void;
}

/** The events that clients in the host's chat room get. */
export type GuestEvent = 'stage:invitation' | 'stage:invitation-withdrawn';

// The invitation is made or ended by then, and somebody waits for the answer.
const LONGEST_MS = 1_000;

/**
 * Tells the chat room of `channel` that a guest is invited, or is so no more. Everybody in the room reads it: it names
 * the guest, who then asks for the token under their own name. What becomes of the event changes nothing.
 */
export async function tellRoom(
  { chat, onEventFailed }: GuestNewsDependencies,
  { id, chatRoomArn }: Pick<Channel, 'id' | 'chatRoomArn'>,
  event: GuestEvent,
  { userId, username, expiresAt }: StageInvitation,
  budget: Budget,
): Promise<void> {
  if (chatRoomArn === undefined) return;
  const attributes = { userId, username, expiresAt };
  const short = budgetOf(Math.min(budget.left(), LONGEST_MS));
  await chat
    .sendEvent(chatRoomArn, event, attributes, short)
    .catch((error: unknown) => onEventFailed(id, event, error));
}
