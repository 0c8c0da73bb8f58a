import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type ChatError,
  type ChatMessage,
  ChatRoom,
  type DeleteMessageEvent,
  DeleteMessageRequest,
  SendMessageRequest,
} from 'amazon-ivs-chat-messaging';
import WebSocket from 'ws';
import { type ApiClient, apiClient } from '../../client/client.ts';
import { unlimited } from '../../local/ivs/quotas.ts';
import { type LocalStack, startLocal } from '../../local/startLocal.ts';
import { eventually } from './eventually.ts';

// The official chat SDK, as a front end uses it, against the whole local stack. Node 20 has no WebSocket
// class.
Object.assign(globalThis, { WebSocket });

let stack: LocalStack;
let alice: Person;
let bob: Person;
let eve: Person;
const rooms: ChatRoom[] = [];

interface Person {
  readonly username: string;
  readonly userId: string;
  readonly channelArn: string;
  readonly api: ApiClient;
}

beforeAll(async () => {
  stack = await startLocal({
    stackName: 'UGC-chat',
    region: 'us-west-2',
    apiPort: 0,
    awsPort: 0,
    partnerFollowers: 3,
    log: () => {},
    ivsQuota: unlimited,
  });
  [alice, bob, eve] = await Promise.all([signUp('alice'), signUp('bob'), signUp('eve')]);
});
afterAll(async () => {
  for (const room of rooms) room.disconnect();
  await stack.stop();
});

async function signUp(username: string): Promise<Person> {
  const guest = apiClient({ baseUrl: stack.apiUrl });
  const { data } = await guest.POST('/v1/users', { body: { username, password: 'correct horse battery' } });
  if (data === undefined) throw new Error(`${username} could not sign up`);
  const api = apiClient({ baseUrl: stack.apiUrl, accessToken: () => data.accessToken });
  const channelArn = `arn:aws:ivs:us-west-2:000000000000:channel/${data.user.channelId}`;
  return { username, userId: data.user.id, channelArn, api };
}

/** A client connected to the chat of `owner`. A guest if `api` is left out. */
async function joined(owner: Person, api = apiClient({ baseUrl: stack.apiUrl })): Promise<ChatRoom> {
  const room = new ChatRoom({ regionOrUrl: stack.chatUrl, tokenProvider: () => chatToken(owner, api) });
  room.logger = { debug: () => {}, info: () => {}, error: () => {} };
  rooms.push(room);
  const connected = new Promise<void>((resolve, reject) => {
    room.addListener('connect', resolve);
    room.addListener('disconnect', reason => reject(new Error(reason)));
  });
  room.connect();
  await connected;
  return room;
}

async function chatToken(owner: Person, api: ApiClient) {
  const { data, error, response } = await api.POST('/v1/channels/{username}/chat/tokens', {
    params: { path: { username: owner.username } },
  });
  if (data === undefined) throw new Error(`no token: ${response.status} ${JSON.stringify(error)}`);
  return data;
}

/** Collects all messages that a client receives from now on. */
function messagesOf(room: ChatRoom): ChatMessage[] {
  const messages: ChatMessage[] = [];
  room.addListener('message', message => messages.push(message));
  return messages;
}

const seen = (messages: readonly ChatMessage[], ...contents: string[]) =>
  eventually(
    async () => messages.map(({ content }) => content),
    read => contents.every(content => read.includes(content)),
  );

const nextDeletion = (room: ChatRoom) =>
  new Promise<DeleteMessageEvent>(resolve => room.addListener('messageDelete', resolve));
const end = (room: ChatRoom) => new Promise<string>(resolve => room.addListener('disconnect', resolve));

/** Makes `owner` live now, and returns the stream id. */
async function onAir({ channelArn, username }: Person): Promise<string> {
  const streamId = `st-${username.padEnd(23, 'x')}`;
  const envelope = (name: string) => ({
    id: `${streamId}-${name}`,
    'detail-type': 'IVS Stream State Change',
    source: 'aws.ivs',
    // Rounded down to a second, so that no message is older than the stream.
    time: `${new Date().toISOString().slice(0, 19)}Z`,
    resources: [channelArn],
    detail: { event_name: name, channel_name: username, stream_id: streamId },
  });
  const events = [envelope('Session Created'), envelope('Stream Start')];
  const posted = await fetch(`${stack.awsUrl}/_local/events`, {
    method: 'POST',
    body: JSON.stringify(events),
  });
  expect(posted.status).toBe(200);
  return streamId;
}

async function replay({ username }: Person, streamId: string) {
  const path = { username, streamId };
  const { data } = await apiClient({ baseUrl: stack.apiUrl }).GET(
    '/v1/channels/{username}/streams/{streamId}/chat',
    { params: { path } },
  );
  return data?.items ?? [];
}

describe('clients of the official SDK', () => {
  test('two clients chat: one message is masked, two are deleted, one in each way, and the replay has the rest', async () => {
    const streamId = await onAir(alice);
    const [owner, viewer] = [await joined(alice, alice.api), await joined(alice, bob.api)];
    const [atOwner, atViewer] = [messagesOf(owner), messagesOf(viewer)];

    const hello = await viewer.sendMessage(new SendMessageRequest('hello alice'));
    expect(hello).toMatchObject({ content: 'hello alice', sender: { userId: bob.userId } });
    const rude = await viewer.sendMessage(new SendMessageRequest('what the fuck'));
    expect(rude.content).toMatch(/^what the \*+$/);
    const first = await viewer.sendMessage(new SendMessageRequest('a slip'));
    const second = await viewer.sendMessage(new SendMessageRequest('another slip'));
    for (const messages of [atOwner, atViewer]) {
      expect(await seen(messages, 'another slip')).toEqual([hello, rude, first, second].map(m => m.content));
    }

    const told = [nextDeletion(owner), nextDeletion(viewer)];
    await owner.deleteMessage(new DeleteMessageRequest(first.id, 'a slip'));
    for (const event of await Promise.all(told)) expect(event).toMatchObject({ messageId: first.id });
    const again = [nextDeletion(owner), nextDeletion(viewer)];
    const path = { username: alice.username, messageId: second.id };
    const deleted = await alice.api.DELETE('/v1/channels/{username}/chat/messages/{messageId}', {
      params: { path },
    });
    expect(deleted.response.status).toBe(204);
    for (const event of await Promise.all(again)) expect(event).toMatchObject({ messageId: second.id });

    const items = await eventually(
      () => replay(alice, streamId),
      read => read.filter(({ isDeleted }) => isDeleted).length === 2,
    );
    expect(items.map(({ id, content, isDeleted }) => ({ id, content, isDeleted }))).toEqual([
      { id: hello.id, content: hello.content, isDeleted: false },
      { id: rude.id, content: rude.content, isDeleted: false },
      { id: first.id, content: null, isDeleted: true },
      { id: second.id, content: null, isDeleted: true },
    ]);
    expect(items[0]?.sender).toMatchObject({ userId: bob.userId, username: 'bob' });
  });

  test('receive a lone surrogate as it was sent, and the replay has it and the messages around it', async () => {
    const streamId = await onAir(eve);
    const viewer = await joined(eve, bob.api);
    const said = ['one', 'two', 'half \ud800', 'four', 'five'];
    const messages = await Promise.all(said.map(text => viewer.sendMessage(new SendMessageRequest(text))));
    expect(messages.map(({ content }) => content)).toEqual(said);
    const items = await eventually(
      () => replay(eve, streamId),
      read => read.length === said.length,
    );
    // Messages that were sent in the same millisecond are in the order of their random ids.
    expect(items.map(({ content }) => content).sort()).toEqual(said.map(text => text.toWellFormed()).sort());
    const letters = await fetch(`${stack.awsUrl}/_local/dead-letters`);
    expect(await letters.json()).toMatchObject({ chat: [] });
  });

  test("of two rooms do not receive each other's messages, and a token of one room does not open the other", async () => {
    const [atAlice, atEve] = [await joined(alice, bob.api), await joined(eve, bob.api)];
    const [heardAtAlice, heardAtEve] = [messagesOf(atAlice), messagesOf(atEve)];
    await atAlice.sendMessage(new SendMessageRequest('to alice'));
    await atEve.sendMessage(new SendMessageRequest('to eve'));
    await seen(heardAtAlice, 'to alice');
    await seen(heardAtEve, 'to eve');
    expect([...heardAtAlice, ...heardAtEve].map(({ content }) => content)).toEqual(['to alice', 'to eve']);
    // Eve owns the other room. In this room she may only send.
    const visitor = await joined(alice, eve.api);
    const refused: ChatError = await visitor
      .deleteMessage(new DeleteMessageRequest('AbCdef1G2hij'))
      .then(() => Promise.reject(new Error('it was deleted')))
      .catch(error => error);
    expect(refused).toMatchObject({ errorCode: 403 });
  });
});

test('a guest can read and cannot send', async () => {
  const [guest, viewer] = [await joined(alice), await joined(alice, bob.api)];
  const messages = messagesOf(guest);
  await viewer.sendMessage(new SendMessageRequest('hello guest'));
  await seen(messages, 'hello guest');
  await expect(guest.sendMessage(new SendMessageRequest('hello'))).rejects.toMatchObject({ errorCode: 403 });
});

test('a banned user is disconnected at once and gets no new token until the ban is lifted', async () => {
  const [banned, viewer] = [await joined(alice, eve.api), await joined(alice, bob.api)];
  const ended = end(banned);
  const path = { username: alice.username, bannedUsername: eve.username };
  const ban = await alice.api.PUT('/v1/channels/{username}/chat/bans/{bannedUsername}', {
    params: { path },
    body: { reason: 'rude' },
  });
  expect(ban.response.status).toBe(200);
  expect(await ended).toBe('serverDisconnect');
  await expect(chatToken(alice, eve.api)).rejects.toThrow('403');
  await viewer.sendMessage(new SendMessageRequest('she is gone'));

  await alice.api.DELETE('/v1/channels/{username}/chat/bans/{bannedUsername}', { params: { path } });
  const back = await joined(alice, eve.api);
  expect((await back.sendMessage(new SendMessageRequest('sorry'))).content).toBe('sorry');
});

test('a client is disconnected when the user and the room are deleted', async () => {
  const owner = await signUp('leaver');
  const viewer = await joined(owner, bob.api);
  const ended = end(viewer);
  const left = await owner.api.DELETE('/v1/users/me');
  expect(left.response.status).toBe(204);
  expect(await ended).toBe('serverDisconnect');
});
