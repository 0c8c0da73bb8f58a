import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { z } from 'zod';
import { ApiRefusedError, type LocalApi } from './localApi.ts';

export interface ChatOptions {
  readonly username: string;
  readonly viewers: number;
  readonly lengthMs: number;
  readonly signal?: AbortSignal;
}

// They sign up during the first broadcast and sign in later. The public password protects only local users.
const chatters = ['local-ann', 'local-ben', 'local-cleo'] as const;
const PASSWORD = 'talks about everything';

const messages = [
  'hello everybody!',
  'first time here, what did I miss?',
  'the sound is great today',
  'damn, that was close',
  'lost the picture for a moment, is it me?',
  'back again',
  'greetings from Paris',
  'see you next time!',
] as const;

/** The index of the message that the review masks. */
const MASKED = 3;

/**
 * Signs a few viewers in, connects them to the chat of `username` and lets them send messages in turns.
 *
 * @returns a line that reports the messages
 * @throws ApiRefusedError; Error when a chat connection or a message is refused
 */
export async function chatAsViewers(
  api: LocalApi,
  { username, viewers, lengthMs, signal }: ChatOptions,
): Promise<string> {
  const usernames = chatters.slice(0, viewers);
  const clients: Awaited<ReturnType<typeof connect>>[] = [];
  try {
    // Each is added at once: when a later connection is refused, the open ones must be closed.
    for (const name of usernames) clients.push(await connect(api, username, await signIn(api, name)));
    for (const [index, message] of messages.entries()) {
      await clients[index % clients.length]?.send(message);
      await sleep(lengthMs / messages.length, undefined, signal && { signal });
    }
    const masked = clients[0]?.received.at(MASKED);
    return `${messages.length} chat messages by ${usernames.join(', ')}; the review changed one to "${masked}"`;
  } finally {
    for (const client of clients) client.close();
  }
}

const signedIn = z.object({ accessToken: z.string() });
const chatToken = z.object({ token: z.string(), endpoint: z.string() });

async function signIn(api: LocalApi, username: string): Promise<string> {
  const body = { username, password: PASSWORD };
  try {
    return (await api.call('POST', '/sessions', signedIn, { body })).accessToken;
  } catch (error) {
    if (!(error instanceof ApiRefusedError) || error.status !== 401) throw error;
    return (await api.call('POST', '/users', signedIn, { body })).accessToken;
  }
}

const push = z.object({
  Type: z.string(),
  RequestId: z.string(),
  Content: z.string().optional(),
  ErrorMessage: z.string().optional(),
});

/** Longer than chat takes to answer. */
const ANSWER_TIMEOUT_MS = 5_000;

/** Connects a client to the chat of `username`. */
async function connect(api: LocalApi, username: string, accessToken: string) {
  const { token, endpoint } = await api.call('POST', `/channels/${username}/chat/tokens`, chatToken, {
    accessToken,
  });
  const socket = new WebSocket(endpoint, token);
  const received: string[] = [];
  const waiting = new Map<string, (refused: string | undefined) => void>();
  socket.on('message', data => {
    const { Type, RequestId, Content, ErrorMessage = '' } = push.parse(JSON.parse(String(data)));
    if (Type === 'MESSAGE' && Content !== undefined) received.push(Content);
    waiting.get(RequestId)?.(Type === 'ERROR' ? ErrorMessage : undefined);
  });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return {
    /** The messages in the room since the client connected. */
    received,
    /** Sends a message and waits for its delivery. */
    send: async (Content: string) => {
      const RequestId = randomUUID();
      const answered = new Promise<string | undefined>(resolve => waiting.set(RequestId, resolve));
      socket.send(JSON.stringify({ Action: 'SEND_MESSAGE', RequestId, Content }));
      const late = sleep(ANSWER_TIMEOUT_MS, 'no answer', { ref: false });
      const refused = await Promise.race([answered, late]);
      if (refused !== undefined) throw new Error(`"${Content}" was not sent: ${refused}`);
    },
    close: () => socket.close(),
  };
}
