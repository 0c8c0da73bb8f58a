import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PoisonLineError, parseLogLine } from '../../lambdas/chatArchive/logLine.ts';
import { parseSubscription } from '../../lambdas/chatArchive/subscription.ts';
import { deletionLine, eventLine, messageLine, roomBatch, subscriptionEvent } from '../support/chatLogs.ts';

const sentAt = '2023-01-05T14:33:32.894089757Z';

describe("a line of a room's log", () => {
  test('of a message has the sender, the content and the time in milliseconds', () => {
    expect(parseLogLine(messageLine('WhO6MW6iRdS5', sentAt, 'bbiab!'))).toEqual({
      kind: 'message',
      messageId: 'WhO6MW6iRdS5',
      sentAt: '2023-01-05T14:33:32.894Z',
      content: 'bbiab!',
      attributes: {},
      sender: { userId: 'user-1', username: 'ann' },
    });
  });

  test.each([
    ['2022-12-02T08:25:51.13691272Z', '2022-12-02T08:25:51.136Z'],
    ['2022-12-02T08:25:51.999999999Z', '2022-12-02T08:25:51.999Z'],
    ['2022-12-02T08:25:51.1Z', '2022-12-02T08:25:51.100Z'],
    ['2022-12-02T08:25:51Z', '2022-12-02T08:25:51.000Z'],
  ])('sent at %s is truncated to %s, not rounded', (time, cut) => {
    expect(parseLogLine(messageLine('m1', time))).toMatchObject({ sentAt: cut });
  });

  test.each([
    ['no attributes', { UserId: 'user-1' }],
    ['other attributes', { UserId: 'user-1', Attributes: { color: 'red' } }],
    ['null as the attributes', { UserId: 'user-1', Attributes: null }],
    ['a name that is not a string', { UserId: 'user-1', Attributes: { username: 7 } }],
    ['a name that is too long', { UserId: 'user-1', Attributes: { username: 'x'.repeat(129) } }],
  ])('of a sender with %s is a message without a name', (_, sender) => {
    const entry = parseLogLine(messageLine('m1', sentAt, 'hi', sender));
    expect(entry).toMatchObject({ kind: 'message', sender: { userId: 'user-1' } });
    expect(entry).not.toHaveProperty('sender.username', expect.anything());
  });

  test('of a sender with a profile has what is valid of it', () => {
    const profile = { username: 'ann', displayName: 'Ann \ud800', color: 7, role: 'user' };
    const sender = { UserId: 'user-1', Attributes: profile };
    expect(parseLogLine(messageLine('m1', sentAt, 'hi', sender))).toMatchObject({
      sender: { userId: 'user-1', username: 'ann', displayName: 'Ann \ufffd', color: undefined },
    });
  });

  test.each([
    ['as they are', { replyTo: 'm0', color: 'red' }, { replyTo: 'm0', color: 'red' }],
    ['well formed', { odd: 'a\ud800' }, { odd: 'a\ufffd' }],
    ['without an empty name, which DynamoDB refuses', { '': 'x', color: 'red' }, { color: 'red' }],
    ['not at all, if they are not strings', { size: 1 }, undefined],
    ['not at all, if they are longer than IVS allows', { long: 'x'.repeat(4_100) }, undefined],
    ['not at all, if they are null', null, undefined],
  ])('of a message has its attributes %s', (_, Attributes, attributes) => {
    const line = JSON.parse(messageLine('m1', sentAt));
    Object.assign(line.payload, { Attributes });
    expect(parseLogLine(JSON.stringify(line))).toMatchObject({
      kind: 'message',
      messageId: 'm1',
      attributes,
    });
  });

  test('of a deletion has the id of the deleted message', () => {
    expect(parseLogLine(deletionLine('M2YcHkgffEvU', '2022-12-02T08:25:51.13691272Z'))).toEqual({
      kind: 'deletion',
      messageId: 'M2YcHkgffEvU',
      deletedAt: '2022-12-02T08:25:51.136Z',
    });
  });

  test.each([
    ['MessageId', { MessageId: 'M2YcHkgffEvU' }],
    ['the older MessageID', { MessageID: 'M2YcHkgffEvU' }],
    ['both', { MessageId: 'M2YcHkgffEvU', MessageID: 'M2YcHkgffEvU' }],
    ['both, one of them null', { MessageId: null, MessageID: 'M2YcHkgffEvU' }],
  ])('of a deletion may have the message id in %s', (_, attributes) => {
    expect(parseLogLine(eventLine(attributes, sentAt))).toMatchObject({
      kind: 'deletion',
      messageId: 'M2YcHkgffEvU',
    });
  });

  test('with a lone surrogate is stored with U+FFFD in its place', () => {
    const sender = { UserId: 'user-1', Attributes: { username: '\ud83d' } };
    expect(parseLogLine(messageLine('m1', sentAt, 'a\ude00b \ud83d\ude00', sender))).toMatchObject({
      content: 'a\ufffdb \ud83d\ude00',
      sender: { username: '\ufffd' },
    });
  });

  test.each([
    ['a disconnection', eventLine({ UserId: 'u1', Reason: 'Kicked' }, sentAt, 'aws:DISCONNECT_USER')],
    ["an event of the app's own", eventLine({}, sentAt, 'app:INVITATION')],
    ['a kind that is not known', JSON.stringify({ type: 'PINNED', payload: {} })],
  ])('of %s is ignored', (_, line) => {
    expect(parseLogLine(line)).toBeUndefined();
  });

  const broken = (change: Record<string, unknown>) => {
    const line: { payload: object } = JSON.parse(messageLine('m1', sentAt));
    return JSON.stringify({ ...line, payload: { ...line.payload, ...change } });
  };
  test.each([
    ['cut short', messageLine('m1', sentAt).slice(0, -5), 'not JSON'],
    ['empty', '', 'not JSON'],
    ['null', 'null', ''],
    ['without a type', '{}', 'type'],
    ['without a payload', '{"type":"MESSAGE"}', 'payload'],
    ['without an id', broken({ Id: undefined }), 'payload.Id'],
    ['with an id that is too long for a key', broken({ Id: 'x'.repeat(2_000) }), 'payload.Id'],
    ['with an id of two words', broken({ Id: 'a b' }), 'payload.Id'],
    ['with a number for its content', broken({ Content: 7 }), 'payload.Content'],
    ['too long for a transaction', broken({ Content: 'é'.repeat(20_000) }), 'payload.Content'],
    ['with an invalid time', broken({ SendTime: 'yesterday' }), 'payload.SendTime'],
    ['of the year 10000', broken({ SendTime: '+010000-01-01T00:00:00Z' }), 'payload.SendTime'],
    ['without a sender', broken({ Sender: {} }), 'payload.Sender.UserId'],
    ['without an event name', JSON.stringify({ type: 'EVENT', payload: {} }), 'payload.EventName'],
    ['a deletion without a message id', eventLine({}, sentAt), 'payload.Attributes.MessageId'],
  ])('that is %s is unreadable', (_, line, where) => {
    expect(() => parseLogLine(line)).toThrow(new PoisonLineError(where));
  });

  test('is an entry, ignored or unreadable, whatever it contains, and never throws', () => {
    const values = fc.object({ key: fc.constantFrom('type', 'payload', 'EventName', 'Id', 'Sender') });
    fc.assert(
      fc.property(fc.oneof(fc.string(), values.map(JSON.stringify)), line => {
        try {
          const entry = parseLogLine(line);
          return entry === undefined || entry.kind === 'message' || entry.kind === 'deletion';
        } catch (error) {
          return error instanceof PoisonLineError;
        }
      }),
    );
  });
});

describe('a delivery of a subscription', () => {
  test('has the lines of one room', () => {
    expect(parseSubscription(roomBatch('AbC-1_d', ['a', 'b']))).toEqual({
      chatRoomId: 'AbC-1_d',
      events: [
        { id: 'line-0', message: 'a' },
        { id: 'line-1', message: 'b' },
      ],
    });
  });

  test('is empty when CloudWatch checks whether the subscription works', () => {
    const control = {
      messageType: 'CONTROL_MESSAGE',
      logStream: '',
      logEvents: [{ id: '', message: 'CWL' }],
    };
    expect(parseSubscription(subscriptionEvent(control))).toBeUndefined();
  });

  test.each<[string, unknown]>([
    ['no event', undefined],
    ['an event without data', { awslogs: {} }],
    ['data without gzip', { awslogs: { data: 'aGVsbG8=' } }],
    ['a kind that is not known', subscriptionEvent({ messageType: 'OTHER' })],
    [
      'lines without a room',
      subscriptionEvent({ messageType: 'DATA_MESSAGE', logStream: 'x', logEvents: [] }),
    ],
  ])('is refused when it is %s', (_, event) => {
    expect(() => parseSubscription(event)).toThrow();
  });
});
