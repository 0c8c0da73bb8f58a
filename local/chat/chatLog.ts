import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { nullStateStore, type StateStore } from '../stateStore.ts';
import { type RoomPush, roomPush } from './pushes.ts';

const logsEvent = z.object({ awslogs: z.object({ data: z.string() }) });
/** The event with which CloudWatch Logs invokes a subscribed function. */
export type LogsEvent = Readonly<z.output<typeof logsEvent>>;

export interface ChatLogOptions {
  readonly account: string;
  /** Handles a batch of lines. A failed batch is retried as often as in Lambda. */
  readonly subscriber: (event: LogsEvent) => Promise<unknown>;
  /** Is called with a batch for which all attempts failed. */
  readonly onDeadLetter: (letter: LogDeadLetter, event: LogsEvent) => void;
  readonly stateStore?: StateStore | undefined;
  readonly wait?: (ms: number) => Promise<unknown>;
}

/** A batch for which all attempts failed, with the event that was sent. */
export const failedBatch = z.object({
  letter: z.object({
    logStream: z.string(),
    lines: z.number(),
    reason: z.string(),
    attempts: z.number(),
    failedAt: z.string(),
  }),
  payload: logsEvent,
});
export type LogDeadLetter = Readonly<z.output<typeof failedBatch>['letter']>;

/** The log group of the chat rooms, and its one subscriber. */
export interface ChatLog {
  /** Writes a line. It is delivered soon, in a batch, and also after a restart. */
  write(roomArn: string, push: RoomPush): void;
  /** Delivers all lines and waits until each has been handled or has failed. */
  flush(): Promise<void>;
}

const LOG_GROUP = '/local/chat';
/** CloudWatch waits up to ten seconds. Local mode is faster, because a developer waits. */
const BATCH_MS = 50;
/** The waits before the retries. Lambda retries an asynchronous call after one and after two more minutes. */
const RETRY_WAITS_MS = [50, 200];

const LINE = 'chatLogLine';
const storedLine = z.object({ roomArn: z.string(), push: roomPush });

interface Line {
  readonly id: string;
  readonly push: RoomPush;
}

/** Batches are delivered one after another. The undelivered lines of an earlier process come first. */
export function chatLog(options: ChatLogOptions): ChatLog {
  const { wait = sleep, stateStore = nullStateStore } = options;
  let rooms = new Map<string, Line[]>();
  let timer: NodeJS.Timeout | undefined;
  let delivered: Promise<unknown> = Promise.resolve();

  const attempt = async (roomArn: string, lines: readonly Line[]): Promise<void> => {
    const event = logsEventOf(options.account, roomArn, lines);
    const attempts = RETRY_WAITS_MS.length + 1;
    for (let tries = 1; ; tries++) {
      try {
        await options.subscriber(event);
        return;
      } catch (error) {
        const retryWait = RETRY_WAITS_MS[tries - 1];
        if (retryWait !== undefined) {
          await wait(retryWait);
          continue;
        }
        const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        const failedAt = new Date().toISOString();
        const letter = { logStream: logStreamOf(roomArn), lines: lines.length, reason, attempts, failedAt };
        options.onDeadLetter(letter, event);
        return;
      }
    }
  };

  const deliver = () => {
    clearTimeout(timer);
    timer = undefined;
    const batches = [...rooms];
    rooms = new Map();
    delivered = delivered.then(() => Promise.all(batches.map(([arn, lines]) => handle(arn, lines))));
  };
  const handle = async (roomArn: string, lines: readonly Line[]) => {
    await attempt(roomArn, lines);
    for (const { id } of lines) stateStore.remove(LINE, id);
  };
  const add = (roomArn: string, line: Line) => {
    rooms.set(roomArn, [...(rooms.get(roomArn) ?? []), line]);
    timer ??= setTimeout(deliver, BATCH_MS);
  };
  for (const { id, value } of stateStore.read(LINE, storedLine)) add(value.roomArn, { id, push: value.push });

  return {
    write: (roomArn, push) => {
      const id = stateStore.newId();
      stateStore.put(LINE, id, { roomArn, push });
      add(roomArn, { id, push });
    },
    flush: async () => {
      deliver();
      await delivered;
    },
  };
}

/** Returns the event of a subscription: gzipped JSON in base64 (CloudWatch Logs user guide). */
function logsEventOf(account: string, roomArn: string, lines: readonly Line[]): LogsEvent {
  const message = {
    messageType: 'DATA_MESSAGE',
    owner: account,
    logGroup: LOG_GROUP,
    logStream: logStreamOf(roomArn),
    subscriptionFilters: ['archiveChat'],
    logEvents: lines.map(({ push }) => {
      const time = new Date(push.SendTime);
      const line = { event_timestamp: time.toISOString(), type: push.Type, payload: push, version: '1.0' };
      return { id: randomUUID(), timestamp: time.getTime(), message: JSON.stringify(line) };
    }),
  };
  return { awslogs: { data: gzipSync(JSON.stringify(message)).toString('base64') } };
}

const logStreamOf = (roomArn: string) =>
  `aws/IVSChatLogs/1.0/room_${roomArn.slice(roomArn.lastIndexOf('/') + 1)}`;
