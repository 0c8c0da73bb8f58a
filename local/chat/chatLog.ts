import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { type KeptState, nothingKept } from '../keptState.ts';
import { type RoomPush, roomPush } from './pushes.ts';

const logsEvent = z.object({ awslogs: z.object({ data: z.string() }) });
/** What CloudWatch Logs hands to the function that a log group is subscribed to. */
export type LogsEvent = Readonly<z.output<typeof logsEvent>>;

export interface ChatLogOptions {
  readonly account: string;
  /** Takes a batch of lines. One that fails is tried again, as often as Lambda does. */
  readonly subscriber: (event: LogsEvent) => Promise<unknown>;
  /** Told of a batch that failed until there were no attempts left. */
  readonly onDeadLetter: (letter: LogDeadLetter, event: LogsEvent) => void;
  readonly kept?: KeptState | undefined;
  readonly wait?: (ms: number) => Promise<unknown>;
}

/** A batch that failed until there were no attempts left, and what was handed over. */
export const deadLines = z.object({
  letter: z.object({
    logStream: z.string(),
    lines: z.number(),
    reason: z.string(),
    attempts: z.number(),
    failedAt: z.string(),
  }),
  payload: logsEvent,
});
export type LogDeadLetter = Readonly<z.output<typeof deadLines>['letter']>;

/** The log group of the chat rooms, and its one subscriber. */
export interface ChatLog {
  /** Writes one line, which is handed over soon with those that follow it, after a restart if need be. */
  write(roomArn: string, push: RoomPush): void;
  /** Hands over what is written and waits until all of it has been handled, or given up. */
  flush(): Promise<void>;
}

const LOG_GROUP = '/local/chat';
/** CloudWatch takes up to ten seconds. A person waits here. */
const BATCH_MS = 50;
/** Lambda tries an asynchronous call again twice, a minute and two minutes later; here that takes less. */
const PAUSES_MS = [50, 200];

const LINE = 'chatLogLine';
const keptLine = z.object({ roomArn: z.string(), push: roomPush });

interface Line {
  readonly id: string;
  readonly push: RoomPush;
}

/** Lines of a room are handed over one batch after the other, those that an earlier process left before all others. */
export function chatLog(options: ChatLogOptions): ChatLog {
  const { wait = sleep, kept = nothingKept } = options;
  let rooms = new Map<string, Line[]>();
  let timer: NodeJS.Timeout | undefined;
  let handedOver: Promise<unknown> = Promise.resolve();

  const attempt = async (roomArn: string, lines: readonly Line[]): Promise<void> => {
    const event = logsEventOf(options.account, roomArn, lines);
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
        const failedAt = new Date().toISOString();
        const letter = { logStream: logStreamOf(roomArn), lines: lines.length, reason, attempts, failedAt };
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
    handedOver = handedOver.then(() => Promise.all(batches.map(([arn, lines]) => handled(arn, lines))));
  };
  const handled = async (roomArn: string, lines: readonly Line[]) => {
    await attempt(roomArn, lines);
    for (const { id } of lines) kept.remove(LINE, id);
  };
  const add = (roomArn: string, line: Line) => {
    rooms.set(roomArn, [...(rooms.get(roomArn) ?? []), line]);
    timer ??= setTimeout(handOver, BATCH_MS);
  };
  for (const { id, value } of kept.read(LINE, keptLine)) add(value.roomArn, { id, push: value.push });

  return {
    write: (roomArn, push) => {
      const id = kept.newId();
      kept.put(LINE, id, { roomArn, push });
      add(roomArn, { id, push });
    },
    flush: async () => {
      handOver();
      await handedOver;
    },
  };
}

/** Lines as a subscription hands them over: gzipped JSON in base64 (CloudWatch Logs user guide, subscription filters). */
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
