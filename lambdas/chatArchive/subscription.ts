import { gunzipSync } from 'node:zlib';
import * as z from '../../model/zod.ts';

/** The event of a CloudWatch Logs subscription: base64 of gzipped JSON. */
export const cloudWatchLogsEvent = z.object({ awslogs: z.object({ data: z.base64() }) });
export type CloudWatchLogsEvent = z.infer<typeof cloudWatchLogsEvent>;

/** One line of a log. */
export interface LogEvent {
  /** CloudWatch's id, which identifies the line without showing its text. */
  readonly id: string;
  readonly message: string;
}

/** Some lines of one room's log. */
export interface RoomLog {
  readonly chatRoomId: string;
  readonly events: readonly LogEvent[];
}

const dataMessage = z.object({
  messageType: z.literal('DATA_MESSAGE'),
  logStream: z.string(),
  logEvents: z.array(z.object({ id: z.string(), message: z.string() })),
});
// CloudWatch sends this message to test the subscription.
const controlMessage = z.object({ messageType: z.literal('CONTROL_MESSAGE') });
const payload = z.discriminatedUnion('messageType', [dataMessage, controlMessage]);

const roomLogStream = /^aws\/IVSChatLogs\/1\.0\/room_([A-Za-z0-9_-]{1,64})$/;

/**
 * Parses the event of the subscription to the chat rooms' log group
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html).
 *
 * @returns The lines, all of one room; undefined for CloudWatch's own control messages.
 * @throws Error for any other event, so that the batch goes to the dead-letter queue.
 */
export function parseSubscription(event: unknown): RoomLog | undefined {
  const { awslogs } = cloudWatchLogsEvent.parse(event);
  const json = gunzipSync(Buffer.from(awslogs.data, 'base64')).toString('utf8');
  const content = payload.parse(JSON.parse(json));
  if (content.messageType === 'CONTROL_MESSAGE') return undefined;
  const [, chatRoomId] = roomLogStream.exec(content.logStream) ?? [];
  if (chatRoomId === undefined) throw new Error('the log stream does not belong to a chat room');
  return { chatRoomId, events: content.logEvents };
}
