import { gunzipSync } from 'node:zlib';
import { z } from 'zod';

/** What a subscription of CloudWatch Logs invokes a function with: base64 of gzipped JSON. */
export const cloudWatchLogsEvent = z.object({ awslogs: z.object({ data: z.base64() }) });
export type CloudWatchLogsEvent = z.infer<typeof cloudWatchLogsEvent>;

/** One line of a log. */
export interface LogEvent {
  /** CloudWatch's: it names the line without saying what is in it. */
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
// CloudWatch asks with one whether the subscription works.
const controlMessage = z.object({ messageType: z.literal('CONTROL_MESSAGE') });
const payload = z.discriminatedUnion('messageType', [dataMessage, controlMessage]);

const roomLogStream = /^aws\/IVSChatLogs\/1\.0\/room_([A-Za-z0-9_-]{1,64})$/;

/**
 * Reads what a subscription to the log group of the chat rooms hands over
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html).
 *
 * @returns the lines, which are all of one room; undefined for CloudWatch's own messages, which have none.
 * @throws Error when it is anything else: such a batch is to be kept for a person to look at.
 */
export function parseSubscription(event: unknown): RoomLog | undefined {
  const { awslogs } = cloudWatchLogsEvent.parse(event);
  const json = gunzipSync(Buffer.from(awslogs.data, 'base64')).toString('utf8');
  const content = payload.parse(JSON.parse(json));
  if (content.messageType === 'CONTROL_MESSAGE') return undefined;
  const [, chatRoomId] = roomLogStream.exec(content.logStream) ?? [];
  if (chatRoomId === undefined) throw new Error("the log stream is not a chat room's");
  return { chatRoomId, events: content.logEvents };
}
