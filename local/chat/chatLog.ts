import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { RoomPush } from './pushes.ts';

/** What CloudWatch Logs hands to the function that a log group is subscribed to. */
export interface LogsEvent {
  readonly awslogs: { readonly data: string };
}

export interface ChatLogOptions {
  readonly account: string;
  /** Takes a batch of lines. One that fails is tried again, as often as Lambda does. */
  readonly subscriber: (event: LogsEvent) => Promise<unknown>;
  /** Told of a batch that failed until there were no attempts left. */
  readonly onDeadLetter: (letter: LogDeadLetter, event: LogsEvent) => void;
  readonly wait?: (ms: number) => Promise<unknown>;
}

export interface LogDeadLetter {
  readonly logStream: string;
  readonly lines: number;
  readonly reason: string;
  readonly attempts: number;
}

/** The log group of the chat rooms, and its one subscriber. */
export interface ChatLog {
  /** Writes one line, which is handed over soon with those that follow it. */
  write(roomArn: string, push: RoomPush): void;
  /** Hands over what is written and waits until all of it has been handled, or given up. */
  flush(): Promise<void>;
}

const LOG_GROUP = '/local/chat';
/** CloudWatch takes up to ten seconds. A person waits here. */
const BATCH_MS = 50;
/** Lambda tries an asynchronous call again twice, a minute and two minutes later; here that takes less. */
const PAUSES_MS = [50, 200];

/** Lines of a room are handed over one batch after the other. */
export function chatLog(options: ChatLogOptions): ChatLog {
  const { wait = sleep } = options;
  let rooms = new Map<string, RoomPush[]>();
  let timer: NodeJS.Timeout | undefined;
  let handedOver: Promise<unknown> = Promise.resolve();

  const attempt = async (roomArn: string, pushes: readonly RoomPush[]): Promise<void> => {
    const event = logsEvent(options.account, roomArn, pushes);
    const attempts = PAUSES_MS.length + 1;
    for (let tries = 1; ; tries++) {
      try {
        await options.subscriber(event);
        return;
      } catch (error) {
        const pause = PAUSES_MS[tries - 1];
        if (pause !== undefined) {
          await wait(pause);
          continue;
        }
        const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        const letter = { logStream: logStreamOf(roomArn), lines: pushes.length, reason, attempts };
        options.onDeadLetter(letter, event);
        return;
      }
    }
  };

  const handOver = () => {
    clearTimeout(timer);
    timer = undefined;
    const batches = [...rooms];
    rooms = new Map();
    handedOver = handedOver.then(() => Promise.all(batches.map(([arn, pushes]) => attempt(arn, pushes))));
  };

  return {
    write: (roomArn, push) => {
      rooms.set(roomArn, [...(rooms.get(roomArn) ?? []), push]);
      timer ??= setTimeout(handOver, BATCH_MS);
    },
    flush: async () => {
      handOver();
      await handedOver;
    },
  };
}

/** Lines as a subscription hands them over: gzipped JSON in base64 (CloudWatch Logs user guide, subscription filters). */
function logsEvent(account: string, roomArn: string, pushes: readonly RoomPush[]): LogsEvent {
  const message = {
    messageType: 'DATA_MESSAGE',
    owner: account,
    logGroup: LOG_GROUP,
    logStream: logStreamOf(roomArn),
    subscriptionFilters: ['archiveChat'],
    logEvents: pushes.map(push => {
      const time = new Date(push.SendTime);
      const line = { event_timestamp: time.toISOString(), type: push.Type, payload: push, version: '1.0' };
      return { id: randomUUID(), timestamp: time.getTime(), message: JSON.stringify(line) };
    }),
  };
  return { awslogs: { data: gzipSync(JSON.stringify(message)).toString('base64') } };
}

const logStreamOf = (roomArn: string) =>
  `aws/IVSChatLogs/1.0/room_${roomArn.slice(roomArn.lastIndexOf('/') + 1)}`;
