import { CreateParticipantTokenCommand } from '@aws-sdk/client-ivs-realtime';
import {
  CreateChatTokenCommand,
  type CreateChatTokenCommandInput,
  CreateRoomCommand,
  type CreateRoomCommandInput,
  DeleteMessageCommand,
  DeleteRoomCommand,
  DisconnectUserCommand,
  GetRoomCommand,
  ListRoomsCommand,
  paginateListRooms,
  SendEventCommand,
  UpdateRoomCommand,
} from '@aws-sdk/client-ivschat';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { tokenBuckets, unlimited } from '../../local/ivs/quotas.ts';
import { testAttachments } from '../support/attachments.ts';
import { startIvs, type TestIvs } from './localIvsEndpoint.ts';

const NOW = new Date('2026-01-15T10:00:00Z');
const MISSING = 'arn:aws:ivschat:us-west-2:000000000000:room/missing';

let ivs: TestIvs;
beforeEach(async () => {
  ivs = await startIvs({ quota: unlimited, now: () => NOW });
});
afterEach(() => ivs.stop());

async function create(input: CreateRoomCommandInput = {}): Promise<string> {
  return (await ivs.chat.send(new CreateRoomCommand(input))).arn ?? '';
}
const refusal = (name: string, httpStatusCode: number) => ({ name, $metadata: { httpStatusCode } });
const notFound = {
  ...refusal('ResourceNotFoundException', 404),
  message: `Room ${MISSING} does not exist`,
  resourceId: MISSING,
  resourceType: 'ROOM',
};

describe('a chat room', () => {
  test("has the requested settings, and the API's defaults", async () => {
    const tags = { stack: 'UGC-test' };
    const { $metadata, ...room } = await ivs.chat.send(new CreateRoomCommand({ name: 'alice', tags }));
    expect(room).toEqual({
      arn: expect.stringMatching(/^arn:aws:ivschat:us-west-2:000000000000:room\/[A-Za-z0-9]{12}$/),
      id: room.arn?.slice(-12),
      name: 'alice',
      createTime: NOW,
      updateTime: NOW,
      maximumMessageLength: 500,
      maximumMessageRatePerSecond: 10,
      loggingConfigurationIdentifiers: [],
      tags,
    });
    expect(await ivs.chat.send(new GetRoomCommand({ identifier: room.arn }))).toMatchObject(room);
  });

  test('is a new one each time, even with the same name', async () => {
    expect(await create({ name: 'alice' })).not.toBe(await create({ name: 'alice' }));
    expect((await ivs.chat.send(new ListRoomsCommand({ name: 'alice' }))).rooms).toHaveLength(2);
    expect((await ivs.chat.send(new ListRoomsCommand({ name: 'bob' }))).rooms).toEqual([]);
  });

  test('gets the settings of an update, and keeps the others and the tags', async () => {
    const identifier = await create({ name: 'alice', maximumMessageLength: 100, tags: { a: 'b' } });
    const uri = 'arn:aws:lambda:us-west-2:000000000000:function:review';
    const messageReviewHandler = { uri, fallbackResult: 'DENY' as const };
    await ivs.chat.send(new UpdateRoomCommand({ identifier, messageReviewHandler }));
    const room = await ivs.chat.send(new GetRoomCommand({ identifier }));
    expect(room).toMatchObject({
      name: 'alice',
      maximumMessageLength: 100,
      messageReviewHandler,
      tags: { a: 'b' },
    });
  });

  test('is on one page of the list, with its tags', async () => {
    const made = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(user => create({ tags: { user } })));
    const listed: string[] = [];
    for await (const page of paginateListRooms({ client: ivs.chat, pageSize: 2 }, {})) {
      listed.push(...(page.rooms ?? []).map(({ arn, tags }) => `${arn} ${tags?.['user']}`));
    }
    expect(listed.map(line => line.split(' ')[0])).toEqual([...made].sort());
    expect(listed.map(line => line.split(' ')[1]).sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('is gone after a deletion', async () => {
    const identifier = await create();
    const deleted = await ivs.chat.send(new DeleteRoomCommand({ identifier }));
    expect(deleted.$metadata.httpStatusCode).toBe(204);
    expect(ivs.simulator.resources().rooms).toEqual([]);
    await expect(ivs.chat.send(new DeleteRoomCommand({ identifier }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test('is refused at the quota of the account', async () => {
    await ivs.stop();
    ivs = await startIvs({ quota: unlimited, limits: { rooms: 1 } });
    await create();
    await expect(create()).rejects.toMatchObject({
      ...refusal('ServiceQuotaExceededException', 402),
      limit: 1,
    });
  });

  test.each<[string, CreateRoomCommandInput]>([
    ['name', { name: 'not allowed' }],
    ['maximumMessageLength', { maximumMessageLength: 501 }],
    ['maximumMessageRatePerSecond', { maximumMessageRatePerSecond: 0 }],
    ['loggingConfigurationIdentifiers.0', { loggingConfigurationIdentifiers: ['mine'] }],
    ['messageReviewHandler.uri', { messageReviewHandler: { uri: 'review' } }],
  ])('with an invalid %s is refused, and the field is named', async (name, input) => {
    await expect(create(input)).rejects.toMatchObject({
      ...refusal('ValidationException', 400),
      message: expect.stringContaining(name),
      reason: 'FIELD_VALIDATION_FAILED',
      fieldList: [{ name, message: expect.any(String) }],
    });
  });
});

describe('the operations on a room', () => {
  test('create a token for a session of the requested length', async () => {
    const roomIdentifier = await create();
    const request = { roomIdentifier, userId: 'u-1', sessionDurationInMinutes: 180 };
    const token = await ivs.chat.send(new CreateChatTokenCommand(request));
    expect(token).toMatchObject({
      token: expect.stringMatching(/^\w{100,}$/),
      tokenExpirationTime: new Date('2026-01-15T10:01:00Z'),
      sessionExpirationTime: new Date('2026-01-15T13:00:00Z'),
    });
  });

  test.each<[string, Partial<CreateChatTokenCommandInput>]>([
    ['no user', { userId: '' }],
    ['a session of more than three hours', { sessionDurationInMinutes: 181 }],
    ['an unknown capability', { capabilities: ['BAN' as 'SEND_MESSAGE'] }],
    ['more than a kilobyte of attributes', { attributes: { name: 'é'.repeat(511), a: 'b' } }],
  ])('refuse a token for %s', async (_name, input) => {
    const request = { roomIdentifier: await create(), userId: 'u-1', ...input };
    await expect(ivs.chat.send(new CreateChatTokenCommand(request))).rejects.toMatchObject(
      refusal('ValidationException', 400),
    );
  });

  test('send events, deletions and disconnections to the clients', async () => {
    const roomIdentifier = await create();
    const attributes = { mood: 'good' };
    await ivs.chat.send(new SendEventCommand({ roomIdentifier, eventName: 'app:HELLO', attributes }));
    await ivs.chat.send(new DeleteMessageCommand({ roomIdentifier, id: 'AbCdef1G2hij', reason: 'spam' }));
    await ivs.chat.send(new DisconnectUserCommand({ roomIdentifier, userId: 'u-1' }));
    expect(ivs.simulator.delivered()).toEqual([
      { to: roomIdentifier, payload: { EventName: 'app:HELLO', Attributes: attributes } },
      {
        to: roomIdentifier,
        payload: {
          EventName: 'aws:DELETE_MESSAGE',
          Attributes: { MessageId: 'AbCdef1G2hij', MessageID: 'AbCdef1G2hij', Reason: 'spam' },
        },
      },
      { to: roomIdentifier, payload: { EventName: 'aws:DISCONNECT_USER', Attributes: { UserId: 'u-1' } } },
    ]);
  });

  test('need an existing room', async () => {
    const roomIdentifier = MISSING;
    const calls = [
      () => ivs.chat.send(new GetRoomCommand({ identifier: MISSING })),
      () => ivs.chat.send(new CreateChatTokenCommand({ roomIdentifier, userId: 'u-1' })),
      () => ivs.chat.send(new SendEventCommand({ roomIdentifier, eventName: 'app:HELLO' })),
      () => ivs.chat.send(new DeleteMessageCommand({ roomIdentifier, id: 'AbCdef1G2hij' })),
      () => ivs.chat.send(new DisconnectUserCommand({ roomIdentifier, userId: 'u-1' })),
    ];
    for (const call of calls) await expect(call()).rejects.toMatchObject(notFound);
  });
});

describe('a seeded room and stage', () => {
  const roomIdentifier = 'arn:aws:ivschat:us-west-2:000000000000:room/mock-room-1-1';
  const stageArn = 'arn:aws:ivs:us-west-2:000000000000:stage/mock-stage-1-1';
  const chatToken = () => ivs.chat.send(new CreateChatTokenCommand({ roomIdentifier, userId: 'u-1' }));
  const stageToken = () => ivs.realTime.send(new CreateParticipantTokenCommand({ stageArn }));

  test('do not exist by default, as at AWS', async () => {
    await expect(chatToken()).rejects.toMatchObject(refusal('ResourceNotFoundException', 404));
    await expect(stageToken()).rejects.toMatchObject(refusal('ResourceNotFoundException', 404));
  });

  test('exist in local mode from the first use, with review and logging', async () => {
    await ivs.stop();
    const seededRoom = {
      messageReviewHandler: { uri: testAttachments.reviewHandlerArn, fallbackResult: 'DENY' as const },
      loggingConfigurationIdentifiers: [testAttachments.loggingConfigurationArn],
    };
    ivs = await startIvs({ quota: unlimited, seededRoom });
    expect(await chatToken()).toMatchObject({ token: expect.any(String) });
    expect(await stageToken()).toMatchObject({ participantToken: { token: expect.any(String) } });
    expect(await ivs.chat.send(new GetRoomCommand({ identifier: roomIdentifier }))).toMatchObject(seededRoom);
    await expect(ivs.chat.send(new GetRoomCommand({ identifier: MISSING }))).rejects.toMatchObject(notFound);
  });
});

test('IVS Chat allows 200 tokens, 100 events and 5 new rooms a second', () => {
  const quota = tokenBuckets(() => 0);
  const calls = (operation: string) => Array.from({ length: 300 }, () => quota(operation)).filter(Boolean);
  expect(['CreateChatToken', 'SendEvent', 'CreateRoom'].map(name => calls(name).length)).toEqual([
    200, 100, 5,
  ]);
});

test('IVS Chat reports throttling in its own format', async () => {
  ivs.simulator.faults.add({ operation: 'CreateRoom', failure: 'throttled' });
  await expect(create()).rejects.toMatchObject({
    ...refusal('ThrottlingException', 429),
    message: 'Rate exceeded',
    resourceType: 'ROOM',
    limit: 5,
  });
});
