import { parseIvsArn } from '../../model/arn.ts';

/** A message that waits for its review. */
export interface MessageForReview {
  readonly chatRoomId: string;
  readonly content: string;
  readonly senderId: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * Parses the event that IVS Chat sends to a review handler, without a parsing library, which would be larger
 * than the rest of this function.
 *
 * @throws Error that names the missing or wrong field. It never contains the value, because the text of a
 *   message must not be logged.
 */
export function readReviewEvent(event: unknown): MessageForReview {
  const whole = membersOf(event, 'the event');
  const sender = membersOf(whole['Sender'], 'Sender');
  const room = parseIvsArn(textOf(whole['RoomArn'], 'RoomArn'), 'room');
  if (room === undefined) throw new Error('RoomArn of a review is not the ARN of a chat room');
  const attributes = Object.entries(membersOf(whole['Attributes'] ?? {}, 'Attributes'));
  return {
    chatRoomId: room.id,
    content: textOf(whole['Content'], 'Content'),
    senderId: textOf(sender['UserId'], 'Sender.UserId'),
    attributes: Object.fromEntries(
      attributes.map(([name, value]) => [name, textOf(value, 'one of Attributes')]),
    ),
  };
}

function membersOf(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new Error(`${name} of a review is not an object`);
  return { ...value };
}

function textOf(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new Error(`${name} of a review is not a text`);
  return value;
}
