import { type Budget, budgetOf } from '../../ivs/budget.ts';
import type { ChatControl } from '../../ivs/ports.ts';
import type { Channel } from '../../model/channel.ts';
import type { RoomEventName } from '../../model/roomEvents.ts';
import type { StageInvitation } from '../../model/stage.ts';

export interface GuestEventDependencies {
  readonly chat: Pick<ChatControl, 'sendEvent'>;
  /** Called when the event could not be sent to the chat room. */
  readonly onEventFailed: (channelId: string, event: GuestEvent, error: unknown) => void;
}

/** The events that clients in the host's chat room receive. */
export type GuestEvent = Extract<RoomEventName, `stage:invitation${string}`>;

// The change of the invitation is already stored, and a client is waiting for the answer.
const MAX_EVENT_MS = 1_000;

/**
 * Sends an event about an invitation to the chat room of `channel`. Every member of the room can read it;
 * only the named guest can request the token. A failure is reported to `onEventFailed` and changes nothing.
 */
export async function sendGuestEvent(
  { chat, onEventFailed }: GuestEventDependencies,
  { id, chatRoomArn }: Pick<Channel, 'id' | 'chatRoomArn'>,
  event: GuestEvent,
  { userId, username, expiresAt }: StageInvitation,
  budget: Budget,
): Promise<void> {
  if (chatRoomArn === undefined) return;
  const attributes = { userId, username, expiresAt };
  const limited = budgetOf(Math.min(budget.left(), MAX_EVENT_MS));
  await chat
    .sendEvent(chatRoomArn, event, attributes, limited)
    .catch((error: unknown) => onEventFailed(id, event, error));
}
