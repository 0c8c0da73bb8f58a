import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sendTimes } from '../../local/chat/pushes.ts';
import { REVIEW_TIMEOUT_MS } from '../../local/chat/review.ts';
import { type ChatClient, startChat, type TestChat } from './localChatClient.ts';

const MINUTE_MS = 60_000;

let chat: TestChat;
let room: string;
beforeEach(async () => {
  chat = await startChat();
  room = chat.createRoom();
});
afterEach(() => chat.stop());

const say = (Content: string, more: object = {}) => ({ Action: 'SEND_MESSAGE', Content, ...more });
const all = { capabilities: ['SEND_MESSAGE', 'DELETE_MESSAGE', 'DISCONNECT_USER'] };

/** The first answer to a request, as its sender receives it. */
async function answerTo(client: ChatClient, frame: object | string) {
  client.send(frame);
  return client.next();
}
const error = (ErrorCode: number, ErrorMessage: unknown = expect.any(String)) => ({
  Type: 'ERROR',
  Id: expect.stringMatching(/^\w{12}$/),
  RequestId: expect.any(String),
  ErrorCode,
  ErrorMessage,
});

describe('a chat token', () => {
  test('makes one connection', async () => {
    const token = chat.token(room);
    await chat.connect(token);
    await expect(chat.connect(token)).rejects.toThrow('401');
  });

  test('expires after a minute', async () => {
    const [first, second] = [chat.token(room), chat.token(room)];
    chat.time += MINUTE_MS - 1;
    await chat.connect(first);
    chat.time += 1;
    await expect(chat.connect(second)).rejects.toThrow('401');
  });

  test.each(['', 'a-token-of-nobody'])('that was never issued opens no connection: "%s"', async token => {
    await expect(chat.connect(token)).rejects.toThrow('401');
  });

  test('of a deleted room opens no connection', async () => {
    const token = chat.token(room);
    chat.ivs.call('DeleteRoom', { identifier: room });
    await expect(chat.connect(token)).rejects.toThrow('404');
  });

  test('opens its own room only', async () => {
    const other = chat.createRoom();
    const [here, there] = [await chat.join(room, 'u-1'), await chat.join(other, 'u-2')];
    await answerTo(here, say('here'));
    expect(await answerTo(there, say('there'))).toMatchObject({ Content: 'there' });
  });

  test.each([
    ['SEND_MESSAGE', say('hello')],
    ['DELETE_MESSAGE', { Action: 'DELETE_MESSAGE', Id: 'AbCdef1G2hij' }],
    ['DISCONNECT_USER', { Action: 'DISCONNECT_USER', UserId: 'u-2' }],
  ])('without %s refuses the request, and with it permits it', async (capability, frame) => {
    const others = all.capabilities.filter(name => name !== capability);
    const without = await chat.join(room, 'u-1', { capabilities: others });
    const request = { ...frame, RequestId: 'r-1' };
    expect(await answerTo(without, request)).toEqual({
      ...error(403, `The token does not permit ${capability}`),
      RequestId: 'r-1',
    });
    const having = await chat.join(room, 'u-3', { capabilities: [capability] });
    expect(await answerTo(having, request)).toMatchObject({ Type: expect.not.stringMatching('ERROR') });
  });

  test('without capabilities can only read', async () => {
    const [guest, user] = [await chat.join(room, 'guest', {}), await chat.join(room)];
    user.send(say('hello'));
    expect(await guest.next()).toMatchObject({ Content: 'hello' });
    expect(await answerTo(guest, say('hello'))).toEqual(error(403));
  });
});

describe('a message', () => {
  test('is sent to everybody in the room including the sender, with the user id and attributes of the token', async () => {
    const attributes = { username: 'alice' };
    const alice = await chat.join(room, 'u-alice', { capabilities: ['SEND_MESSAGE'], attributes });
    const bob = await chat.join(room, 'u-bob');
    alice.send(say('hello', { RequestId: 'r-1', Attributes: { color: 'red' } }));
    const push = await bob.next();
    expect(push).toEqual({
      Type: 'MESSAGE',
      Id: expect.stringMatching(/^\w{12}$/),
      RequestId: 'r-1',
      Content: 'hello',
      Attributes: { color: 'red' },
      SendTime: '2026-01-15T10:00:00Z',
      Sender: { UserId: 'u-alice', Attributes: attributes },
    });
    expect(await alice.next()).toEqual(push);
  });

  test('may have as many characters as the room allows, counted in code points', async () => {
    const client = await chat.join(chat.createRoom({ maximumMessageLength: 3 }));
    expect(await answerTo(client, say('😀😀😀'))).toMatchObject({ Content: '😀😀😀' });
    expect(await answerTo(client, say('abcd'))).toEqual(error(400, 'Content must be 3 characters at most'));
  });

  test('is refused when a client has sent ten in the same second', async () => {
    const client = await chat.join(chat.createRoom({ maximumMessageRatePerSecond: 100 }));
    for (let sent = 0; sent < 10; sent++) {
      expect(await answerTo(client, say('hello'))).toMatchObject({ Type: 'MESSAGE' });
    }
    expect(await answerTo(client, say('hello'))).toEqual(error(429));
    chat.time += 1_000;
    expect(await answerTo(client, say('hello'))).toMatchObject({ Type: 'MESSAGE' });
  });

  test('is refused when all clients together have reached the rate of the room', async () => {
    const slow = chat.createRoom({ maximumMessageRatePerSecond: 2 });
    const [alice, bob] = [await chat.join(slow, 'u-1'), await chat.join(slow, 'u-2')];
    alice.send(say('1'));
    await bob.next();
    alice.send(say('2'));
    await bob.next();
    expect(await answerTo(bob, say('3'))).toEqual(error(429));
    chat.time += 1_000;
    expect(await answerTo(bob, say('4'))).toMatchObject({ Content: '4' });
  });

  test.each([
    ['{', 400],
    ['[]', 400],
    [{ Action: 'SHOUT', Content: 'x' }, 400],
    [{ Action: 'SEND_MESSAGE' }, 400],
    [say(''), 400],
    [say('x', { Attributes: { a: 1 } }), 400],
    [say('x', { Attributes: { a: 'é'.repeat(512) } }), 413],
    [{ Action: 'DELETE_MESSAGE', Id: 'AbCdef1G2hij', Reason: 'x'.repeat(257) }, 413],
    // A message with such an id could not be archived.
    [{ Action: 'DELETE_MESSAGE', Id: 'no such id' }, 400],
  ])('is refused when the request is invalid: %j', async (frame, code) => {
    const client = await chat.join(room, 'u-1', all);
    expect(await answerTo(client, frame)).toEqual(error(code));
  });

  test('keeps the order of its sender, however long a review takes', async () => {
    const client = await chat.join(room);
    let release = () => {};
    const held = new Promise<void>(resolve => {
      release = resolve;
    });
    const review = chat.review;
    chat.review = async event => {
      if (chat.reviewed.length === 1) await held;
      return review(event);
    };
    client.send(say('first'));
    client.send(say('second'));
    const read = [client.next(), client.next()];
    release();
    expect((await Promise.all(read)).map(push => push['Content'])).toEqual(['first', 'second']);
  });
});

describe('the review of a message', () => {
  test('is called with the full event of IVS Chat', async () => {
    const attributes = { username: 'alice' };
    const client = await chat.join(room, 'u-1', { capabilities: ['SEND_MESSAGE'], attributes });
    const { Id } = await answerTo(client, say('hello', { Attributes: { a: 'b' } }));
    expect(chat.reviewed).toEqual([
      {
        Content: 'hello',
        MessageId: Id,
        RoomArn: room,
        Attributes: { a: 'b' },
        Sender: { UserId: 'u-1', Ip: expect.stringContaining('127.0.0.1'), Attributes: attributes },
      },
    ]);
  });

  test('may change a message', async () => {
    chat.review = async () => ({ ReviewResult: 'ALLOW', Content: 'h***o', Attributes: { reviewed: 'yes' } });
    const client = await chat.join(room);
    expect(await answerTo(client, say('hello'))).toMatchObject({
      Content: 'h***o',
      Attributes: { reviewed: 'yes' },
    });
  });

  test('may refuse it, and tells only the sender why', async () => {
    const [alice, bob] = [await chat.join(room, 'u-1'), await chat.join(room, 'u-2')];
    const review = chat.review;
    chat.review = async () => ({ ReviewResult: 'DENY', Attributes: { Reason: 'You are banned' } });
    const refused = await answerTo(alice, say('hello', { RequestId: 'r-1' }));
    expect(refused).toEqual({ ...error(406, 'You are banned'), RequestId: 'r-1' });
    chat.review = review;
    expect(await answerTo(bob, say('first'))).toMatchObject({ Content: 'first' });
  });

  const failing: [string, () => Promise<unknown>, unknown][] = [
    ['fails', async () => Promise.reject(new Error('broken')), 'Error: broken'],
    [
      'answers with something else',
      async () => ({ result: 'ALLOW' }),
      expect.stringContaining('invalid answer'),
    ],
    ['takes too long', () => new Promise(() => {}), `no answer within ${REVIEW_TIMEOUT_MS} ms`],
  ];
  test.each(failing)('that %s is replaced by the fallback of the room', async (_how, review, failure) => {
    chat.review = review;
    const lenient = await chat.join(room);
    expect(await answerTo(lenient, say('hello'))).toMatchObject({ Content: 'hello' });
    const uri = 'arn:aws:lambda:us-west-2:000000000000:function:moderateChat';
    const messageReviewHandler = { uri, fallbackResult: 'DENY' };
    const strict = await chat.join(chat.createRoom({ messageReviewHandler }));
    expect(await answerTo(strict, say('hello'))).toEqual(error(406));
    expect(chat.failures).toEqual([failure, failure]);
  });

  test('does not happen in a room without a handler', async () => {
    const client = await chat.join(chat.createRoom({ messageReviewHandler: { uri: '' } }));
    expect(await answerTo(client, say('hello'))).toMatchObject({ Content: 'hello' });
    expect(chat.reviewed).toEqual([]);
  });
});

describe('moderation', () => {
  test("a deletion by a client is sent to everybody, and answers the client's request", async () => {
    const [owner, viewer] = [await chat.join(room, 'owner', all), await chat.join(room, 'viewer')];
    owner.send({ Action: 'DELETE_MESSAGE', Id: 'AbCdef1G2hij', Reason: 'spam', RequestId: 'r-1' });
    const push = await viewer.next();
    expect(push).toEqual({
      Type: 'EVENT',
      Id: expect.stringMatching(/^\w{12}$/),
      RequestId: 'r-1',
      EventName: 'aws:DELETE_MESSAGE',
      Attributes: { MessageId: 'AbCdef1G2hij', MessageID: 'AbCdef1G2hij', Reason: 'spam' },
      SendTime: '2026-01-15T10:00:00Z',
    });
    expect(await owner.next()).toEqual(push);
  });

  test('a deletion by the control plane has the id that the caller received', async () => {
    const viewer = await chat.join(room);
    const answer = chat.ivs.call('DeleteMessage', { roomIdentifier: room, id: 'AbCdef1G2hij' });
    const push = await viewer.next();
    expect(push).toMatchObject({
      EventName: 'aws:DELETE_MESSAGE',
      Attributes: { MessageId: 'AbCdef1G2hij', MessageID: 'AbCdef1G2hij' },
    });
    expect(answer).toEqual({ kind: 'done', body: { id: push['Id'] } });
  });

  test.each(['client', 'control plane'])(
    'a disconnection by a %s closes all connections of one user only',
    async by => {
      const [owner, viewer] = [await chat.join(room, 'owner', all), await chat.join(room, 'viewer')];
      const [phone, laptop] = [await chat.join(room, 'troll'), await chat.join(room, 'troll')];
      const elsewhere = await chat.join(chat.createRoom(), 'troll');
      if (by === 'client') owner.send({ Action: 'DISCONNECT_USER', UserId: 'troll', Reason: 'rude' });
      else chat.ivs.call('DisconnectUser', { roomIdentifier: room, userId: 'troll', reason: 'rude' });
      const told = { EventName: 'aws:DISCONNECT_USER', Attributes: { UserId: 'troll', Reason: 'rude' } };
      for (const client of [owner, viewer, phone, laptop]) expect(await client.next()).toMatchObject(told);
      // A normal close code, so that the official client does not reconnect on its own.
      expect(await Promise.all([phone.closed, laptop.closed])).toEqual([1000, 1000]);
      expect(await answerTo(viewer, say('he is gone'))).toMatchObject({ Type: 'MESSAGE' });
      expect(await answerTo(elsewhere, say('I am here'))).toMatchObject({ Type: 'MESSAGE' });
    },
  );

  test('deleting a room closes its connections', async () => {
    const client = await chat.join(room);
    chat.ivs.call('DeleteRoom', { identifier: room });
    expect(await client.closed).toBe(1000);
  });
});

describe('a session', () => {
  test('ends when its time is over', async () => {
    const token = chat.token(room, 'u-1', { sessionDurationInMinutes: 1 });
    chat.time += MINUTE_MS - 20;
    const client = await chat.connect(token);
    expect(await client.closed).toBe(1000);
  });

  test('that has ended answers later requests with an error', async () => {
    const client = await chat.join(room);
    chat.time += 60 * MINUTE_MS;
    expect(await answerTo(client, say('hello'))).toEqual(error(401, 'The connection has expired'));
    await client.closed;
  });
});

describe('the log of a room', () => {
  test('has what everybody saw in the format of IVS Chat, in one batch per room', async () => {
    const batches: [string, unknown[]][] = [];
    chat.archive = async (logStream, lines) => batches.push([logStream, [...lines]]);
    const owner = await chat.join(room, 'owner', all);
    const message = await answerTo(owner, say('hello'));
    const event = await answerTo(owner, { Action: 'DELETE_MESSAGE', Id: message['Id'] });
    await chat.flushLog();
    const line = { event_timestamp: '2026-01-15T10:00:00.000Z', version: '1.0' };
    const id = room.slice(room.lastIndexOf('/') + 1);
    expect(batches.flatMap(([, lines]) => lines)).toEqual([
      { ...line, type: 'MESSAGE', payload: message },
      { ...line, type: 'EVENT', payload: event },
    ]);
    expect(new Set(batches.map(([logStream]) => logStream))).toEqual(
      new Set([`aws/IVSChatLogs/1.0/room_${id}`]),
    );
  });

  test('has no refused messages', async () => {
    const archived: unknown[] = [];
    chat.archive = async (_stream, lines) => archived.push(...lines);
    chat.review = async () => ({ ReviewResult: 'DENY' });
    await answerTo(await chat.join(room), say('hello'));
    await chat.flushLog();
    expect(archived).toEqual([]);
  });

  test('does not exist for a room without a logging configuration', async () => {
    const archived: unknown[] = [];
    chat.archive = async (_stream, lines) => archived.push(...lines);
    await answerTo(await chat.join(chat.createRoom({ loggingConfigurationIdentifiers: [] })), say('hello'));
    await chat.flushLog();
    expect(archived).toEqual([]);
  });

  test('has a line before anybody sees the message, and nobody sees a message without a line', async () => {
    const order: string[] = [];
    chat.saved = async () => {
      await new Promise(setImmediate);
      order.push('kept');
    };
    const client = await chat.join(room);
    await answerTo(client, say('hello')).then(() => order.push('seen'));
    expect(order).toEqual(['kept', 'seen']);
    chat.saved = () => Promise.reject(new Error('the disk is full'));
    expect(await answerTo(client, say('lost'))).toEqual(error(500));
  });

  test('is delivered again when its subscriber fails, and each final failure is reported', async () => {
    let attempts = 0;
    chat.archive = async () => {
      attempts += 1;
      if (attempts < 3) throw new Error('throttled');
    };
    const client = await chat.join(room);
    await answerTo(client, say('hello'));
    await chat.flushLog();
    expect([attempts, chat.letters]).toEqual([3, []]);

    chat.archive = async () => Promise.reject(new Error('broken'));
    await answerTo(client, say('lost'));
    await chat.flushLog();
    expect(chat.letters).toEqual([
      {
        logStream: expect.stringContaining('/room_'),
        lines: 1,
        reason: 'Error: broken',
        attempts: 3,
        failedAt: expect.any(String),
      },
    ]);
  });
});

test('send times have the resolution of IVS Chat, and are all different', () => {
  const times = [
    '2026-01-15T10:00:00.000Z',
    '2026-01-15T10:00:00.120Z',
    '2026-01-15T10:00:00.120Z',
    '2026-01-15T09:59:00.000Z',
  ].map(time => new Date(time));
  const next = sendTimes(() => times.shift() ?? new Date(0));
  expect([next(), next(), next(), next()]).toEqual([
    '2026-01-15T10:00:00Z',
    '2026-01-15T10:00:00.12Z',
    '2026-01-15T10:00:00.120000001Z',
    '2026-01-15T10:00:00.120000002Z',
  ]);
});
