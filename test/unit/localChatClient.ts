import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';
import WebSocket from 'ws';
import { z } from 'zod';
import type { LogDeadLetter } from '../../local/chat/chatLog.ts';
import { localChat } from '../../local/chat/localChat.ts';
import { freePort, LOOPBACK } from '../../local/dynamo/engine.ts';
import { unlimited } from '../../local/ivs/quotas.ts';
import { type IvsSimulator, ivsSimulator } from '../../local/ivs/simulator.ts';
import { nullStateStore } from '../../local/stateStore.ts';
import { testAttachments } from '../support/attachments.ts';

export type Push = Readonly<Record<string, unknown>>;

/** A client that records what it receives. */
export interface ChatClient {
  send(frame: object | string): void;
  /** The next push that was not read yet. */
  next(): Promise<Push>;
  /** The code with which the connection closed. */
  readonly closed: Promise<number>;
  leave(): void;
}

export interface TestChat {
  readonly ivs: IvsSimulator;
  /** Milliseconds since 1970, also used as the monotonic clock. */
  time: number;
  /** The review handler. */
  review: (event: unknown) => Promise<unknown>;
  /** The log subscriber, with the lines of a batch. */
  archive: (logStream: string, lines: readonly unknown[]) => Promise<unknown>;
  /** Resolves when the log lines are stored. */
  saved: () => Promise<void>;
  readonly reviewed: unknown[];
  readonly letters: LogDeadLetter[];
  readonly failures: unknown[];
  createRoom(settings?: object): string;
  token(roomArn: string, userId?: string, more?: object): string;
  /** Connects. Rejects with the status of a refused handshake. */
  connect(token: string): Promise<ChatClient>;
  join(roomArn: string, userId?: string, more?: object): Promise<ChatClient>;
  flushLog(): Promise<void>;
  stop(): Promise<void>;
}

const logsMessage = z.object({
  logStream: z.string(),
  logEvents: z.array(z.object({ timestamp: z.number(), message: z.string() })),
});

/** The messaging API of IVS Chat with its simulator, on its own port and with its own clock. */
export async function startChat(): Promise<TestChat> {
  const world: Omit<TestChat, 'ivs' | 'createRoom' | 'token' | 'connect' | 'join' | 'flushLog' | 'stop'> = {
    time: Date.parse('2026-01-15T10:00:00.000Z'),
    review: async event => ({ ReviewResult: 'ALLOW', ...z.looseObject({}).parse(event) }),
    archive: async () => {},
    saved: async () => {},
    reviewed: [],
    letters: [],
    failures: [],
  };
  const now = () => new Date(world.time);
  const ivs: IvsSimulator = ivsSimulator({
    emit: () => {},
    quota: unlimited,
    now,
    onRoomEvent: event => chat.roomEvent(event),
  });
  const chat = localChat({
    ivs,
    account: '000000000000',
    attachments: testAttachments,
    moderateChat: event => {
      world.reviewed.push(event);
      return world.review(event);
    },
    archiveChat: async ({ awslogs }) => {
      const json = gunzipSync(Buffer.from(awslogs.data, 'base64')).toString();
      const { logStream, logEvents } = logsMessage.parse(JSON.parse(json));
      await world.archive(
        logStream,
        logEvents.map(({ message }) => JSON.parse(message)),
      );
    },
    onDeadLetter: letter => world.letters.push(letter),
    onFailure: (_message, error) => world.failures.push(error),
    stateStore: { ...nullStateStore, saved: () => world.saved() },
    now,
    clock: () => world.time,
  });
  const server = createServer();
  server.on('upgrade', chat.server.upgrade);
  const port = await freePort();
  await new Promise<void>(resolve => server.listen(port, LOOPBACK, resolve));
  const call = (operation: string, input: object) => {
    const answer = ivs.call(operation, input);
    if (answer.kind !== 'done') throw new Error(`${operation} failed`);
    return answer.body;
  };
  const connect = (token: string) => connectTo(`ws://${LOOPBACK}:${port}`, token);
  const made: Omit<TestChat, keyof typeof world> = {
    ivs,
    createRoom: settings =>
      z.object({ arn: z.string() }).parse(
        call('CreateRoom', {
          messageReviewHandler: {
            uri: testAttachments.reviewHandlerArn,
            fallbackResult: testAttachments.reviewFallback,
          },
          loggingConfigurationIdentifiers: [testAttachments.loggingConfigurationArn],
          ...settings,
        }),
      ).arn,
    token: (roomIdentifier, userId = 'u-1', more = { capabilities: ['SEND_MESSAGE'] }) =>
      z.object({ token: z.string() }).parse(call('CreateChatToken', { roomIdentifier, userId, ...more }))
        .token,
    connect,
    join: (roomArn, userId, more) => connect(made.token(roomArn, userId, more)),
    flushLog: chat.log.flush,
    stop: async () => {
      await chat.server.close();
      await chat.log.flush();
      await new Promise(resolve => server.close(resolve));
    },
  };
  return Object.assign(world, made);
}

async function connectTo(url: string, token: string): Promise<ChatClient> {
  const socket = token === '' ? new WebSocket(url) : new WebSocket(url, token);
  const waiting: ((push: Push) => void)[] = [];
  const pushes: Push[] = [];
  socket.on('message', data => {
    const push = z.record(z.string(), z.unknown()).parse(JSON.parse(String(data)));
    const reader = waiting.shift();
    if (reader === undefined) pushes.push(push);
    else reader(push);
  });
  const closed = new Promise<number>(resolve => socket.once('close', resolve));
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return {
    send: frame => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    next: () => {
      const push = pushes.shift();
      return push === undefined ? new Promise(resolve => waiting.push(resolve)) : Promise.resolve(push);
    },
    closed,
    leave: () => socket.close(),
  };
}
