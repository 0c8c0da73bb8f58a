import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { getUser } from '../../store/users.ts';
import { type Member, useApi } from '../support/api.ts';
import { archiving, deletionLine, messageLine, roomBatch } from '../support/chatLogs.ts';

const api = useApi();

/** The id of a member's chat room. */
async function roomOf({ userId }: Member): Promise<string> {
  const { chatRoomId } = (await getUser(api().database, userId)) ?? {};
  if (chatRoomId === undefined) throw new Error('the new user has no chat room');
  return chatRoomId;
}

/** A live member, five minutes into the stream, with one chat message sent in each minute. */
async function talk() {
  const { signUp, goLive, clock, database } = api();
  const owner = await signUp();
  const streamId = await goLive(owner);
  const room = await roomOf(owner);
  const { archive } = archiving(database);
  const lines: string[] = [];
  for (const minute of [0, 1, 2, 3, 4]) {
    const attributes = { minute: `${minute}` };
    const shown = minute === 1 ? { displayName: 'Ann Lee', color: '#ff8800' } : {};
    const sender = {
      UserId: owner.userId,
      Attributes: { username: owner.username, role: 'owner', ...shown },
    };
    lines.push(
      messageLine(`message-${minute}`, clock.now().toISOString(), `minute ${minute}`, sender, attributes),
    );
    clock.advance(60_000);
  }
  lines.push(deletionLine('message-1', clock.now().toISOString()));
  await archive(roomBatch(room, lines));
  return { owner, streamId, room, archive };
}

const chatPath = '/v1/channels/{username}/streams/{streamId}/chat';

describe("a stream's chat", () => {
  test('can be read by anyone, in order; a deleted message has no content and no attributes', async () => {
    const { owner, streamId } = await talk();
    const params = { path: { username: owner.username, streamId } };
    const { data } = await api().client().GET(chatPath, { params });
    expect(data?.nextCursor).toBeNull();
    expect(
      data?.items.map(({ id, offsetMs, content, attributes }) => [id, offsetMs, content, attributes]),
    ).toEqual([
      ['message-0', 0, 'minute 0', { minute: '0' }],
      ['message-1', 60_000, null, null],
      ['message-2', 120_000, 'minute 2', { minute: '2' }],
      ['message-3', 180_000, 'minute 3', { minute: '3' }],
      ['message-4', 240_000, 'minute 4', { minute: '4' }],
    ]);
    expect(data?.items[1]).toEqual({
      id: 'message-1',
      sentAt: expect.any(String),
      offsetMs: 60_000,
      isDeleted: true,
      content: null,
      attributes: null,
      sender: {
        userId: owner.userId,
        username: owner.username,
        displayName: 'Ann Lee',
        color: '#ff8800',
        avatarUrl: null,
      },
    });
    expect(data?.items[2]?.sender).toMatchObject({ displayName: null, color: null });
  });

  test('is read from an offset, page by page', async () => {
    const { owner, streamId } = await talk();
    const path = { username: owner.username, streamId };
    const first = await api()
      .client()
      .GET(chatPath, { params: { path, query: { fromMs: 120_000, limit: 2 } } });
    expect(first.data?.items.map(({ id }) => id)).toEqual(['message-2', 'message-3']);
    const query = { limit: 2, cursor: first.data?.nextCursor ?? '' };
    const second = await api().client().GET(chatPath, { params: { path, query } });
    expect(second.data?.items.map(({ id }) => id)).toEqual(['message-4']);
  });

  test.each(['-1', '1.5', '1e3', '0x10', ' 7', '', '1000000000', 'NaN', '1&fromMs=2'])(
    'is a 422 with the offset %j',
    async fromMs => {
      const response = await api().request(`/v1/channels/ann/streams/st-1/chat?fromMs=${fromMs}`);
      expect(response.status).toBe(422);
      expect(await response.json()).toMatchObject({ errors: [{ in: 'query', field: 'fromMs' }] });
    },
  );

  test('is deleted with its channel, and a log line that arrives later writes nothing', async () => {
    const { owner, streamId, room, archive } = await talk();
    await owner.api.DELETE('/v1/users/me', {});
    const { database, client, clock } = api();
    await archive(roomBatch(room, [messageLine('late', clock.now().toISOString())]));
    const { response } = await client().GET(chatPath, {
      params: { path: { username: owner.username, streamId } },
    });
    expect(response.status).toBe(404);
    const left = await database.client.send(
      new QueryCommand({
        TableName: database.names.chatMessages,
        KeyConditionExpression: 'chatRoomId = :room',
        ExpressionAttributeValues: { ':room': room },
      }),
    );
    expect(left.Items).toEqual([]);
  });
});
