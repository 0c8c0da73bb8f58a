import { gzipSync } from 'node:zlib';
import { type ArchiverDependencies, chatArchiver } from '../../lambdas/chatArchive/archive.ts';
import type { CloudWatchLogsEvent } from '../../lambdas/chatArchive/subscription.ts';
import type { Database } from '../../store/database.ts';

/** A line of a room's log as IVS Chat writes it. `sentAt` may be in nanoseconds. */
export function messageLine(
  id: string,
  sentAt: string,
  content: string = `says ${id}`,
  sender: object = { UserId: 'user-1', Attributes: { username: 'ann' } },
  attributes: Readonly<Record<string, string>> = {},
): string {
  const payload = {
    Type: 'MESSAGE',
    Id: id,
    RequestId: '',
    Attributes: attributes,
    Content: content,
    SendTime: sentAt,
    Sender: sender,
  };
  return JSON.stringify({ event_timestamp: sentAt, type: 'MESSAGE', payload, version: '1.0' });
}

/** The log line of an event, by default of a deletion. */
export function eventLine(
  attributes: Record<string, string | null>,
  sentAt: string,
  name: string = 'aws:DELETE_MESSAGE',
): string {
  const payload = {
    Type: 'EVENT',
    Id: `event-${sentAt}`,
    RequestId: '',
    EventName: name,
    Attributes: attributes,
    SendTime: sentAt,
  };
  return JSON.stringify({ event_timestamp: sentAt, type: 'EVENT', payload, version: '1.0' });
}

export const deletionLine = (messageId: string, sentAt: string) =>
  eventLine({ MessageId: messageId, Reason: 'Deleted by moderator' }, sentAt);

/** The event with which a CloudWatch subscription invokes its function. */
export function subscriptionEvent(content: unknown): CloudWatchLogsEvent {
  return { awslogs: { data: gzipSync(JSON.stringify(content)).toString('base64') } };
}

/** A batch of a room's log. Line n, from 0, has the id `line-<n>`. */
export function roomBatch(chatRoomId: string, lines: readonly string[]): CloudWatchLogsEvent {
  return subscriptionEvent({
    messageType: 'DATA_MESSAGE',
    owner: '123456789012',
    logGroup: 'chat',
    logStream: `aws/IVSChatLogs/1.0/room_${chatRoomId}`,
    subscriptionFilters: ['archiveChat'],
    logEvents: lines.map((message, n) => ({ id: `line-${n}`, timestamp: 1_768_471_200_000 + n, message })),
  });
}

/** An archiver on `database`, and what it logged. */
export function archiving(
  database: Database<'chatRooms' | 'chatMessages'>,
  overrides: Partial<ArchiverDependencies> = {},
) {
  const logged: { level: string; message: string; fields: Record<string, unknown> }[] = [];
  const at = (level: string) => (message: string, fields: Record<string, unknown>) =>
    void logged.push({ level, message, fields });
  const archiver = chatArchiver({
    database,
    clock: () => new Date('2026-01-15T12:00:00.000Z'),
    log: { info: at('info'), warn: at('warn') },
    ...overrides,
  });
  return { archive: archiver, logged };
}

/** A chat room's row. */
export function chatRoom(id: string) {
  const times = { createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' };
  return {
    id,
    arn: `arn:aws:ivschat:us-west-2:123456789012:room/${id}`,
    name: id,
    userId: `user-${id}`,
    channelId: `channel-${id}`,
    ...times,
  };
}
