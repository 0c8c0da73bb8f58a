import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { z } from 'zod';
import { ApiRefusedError, type LocalApi } from './localApi.ts';

export interface TalkOptions {
  readonly username: string;
  readonly viewers: number;
  readonly lengthMs: number;
}

// They sign up at the first broadcast and are there at the next. Whoever knows this repository may be one of them.
const talkers = ['local-ann', 'local-ben', 'local-cleo'] as const;
const PASSWORD = 'talks about everything';

const lines = [
  'hello everybody!',
  'first time here, what did I miss?',
  'the sound is great today',
  'damn, that was close',
  'lost the picture for a moment, is it me?',
  'back again',
  'greetings from Paris',
  'see you next time!',
] as const;

/** The line that the review of messages has something to do with. */
const REVIEWED = 3;

/**
 * Signs a few viewers in, connects them to the chat of `username` and has them talk in turns; says how many messages
 * came back to them.
 *
 * @throws ApiRefusedError; Error when chat refuses a connection
 */
export async function talk(api: LocalApi, { username, viewers, lengthMs }: TalkOptions): Promise<string> {
  const people = talkers.slice(0, viewers);
  const clients: Awaited<ReturnType<typeof connected>>[] = [];
  try {
    // A connection that stays open after a later one was refused keeps the process from ending.
    for (const name of people) clients.push(await connected(api, username, await signIn(api, name)));
    for (const [index, line] of lines.entries()) {
      await clients[index % clients.length]?.say(line);
      await sleep(lengthMs / lines.length);
    }
    const reviewed = clients[0]?.heard().at(REVIEWED);
    return `${lines.length} chat messages by ${people.join(', ')}; review left "${reviewed}" of one`;
  } finally {
    for (const client of clients) client.leave();
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
const ANSWER_MS = 5_000;

/** A client in the chat of `username`. */
async function connected(api: LocalApi, username: string, accessToken: string) {
  const { token, endpoint } = await api.call('POST', `/channels/${username}/chat/tokens`, chatToken, {
    accessToken,
  });
  const socket = new WebSocket(endpoint, token);
  const heard: string[] = [];
  const waiting = new Map<string, (refused: string | undefined) => void>();
  socket.on('message', data => {
    const { Type, RequestId, Content, ErrorMessage = '' } = push.parse(JSON.parse(String(data)));
    if (Type === 'MESSAGE' && Content !== undefined) heard.push(Content);
    waiting.get(RequestId)?.(Type === 'ERROR' ? ErrorMessage : undefined);
  });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return {
    heard: () => heard,
    /** Sends a message, and waits until it is there. */
    say: async (Content: string) => {
      const RequestId = randomUUID();
      const answered = new Promise<string | undefined>(resolve => waiting.set(RequestId, resolve));
      socket.send(JSON.stringify({ Action: 'SEND_MESSAGE', RequestId, Content }));
      const late = sleep(ANSWER_MS, 'no answer', { ref: false });
      const refused = await Promise.race([answered, late]);
      if (refused !== undefined) throw new Error(`"${Content}" was not sent: ${refused}`);
    },
    leave: () => socket.close(),
  };
}
