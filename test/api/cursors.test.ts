import { beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { openApiDocument } from '../../lambdas/api/openApi.ts';
import { type ArchiveEntry, archive } from '../../store/chatMessages.ts';
import { type Member, useApi } from '../support/api.ts';
import { channel, live, putRows, stream } from '../support/rows.ts';

const api = useApi();
const sides = ['ann', 'bob'] as const;
type Side = (typeof sides)[number];
const members = new Map<Side, Member>();

/** A list that lies in one partition: its path for a member, and who asks for it. */
const lists: Readonly<Record<string, (side: Side) => string>> = {
  listChannels: side => `/v1/channels?isLive=true&categoryId=${side}`,
  searchChannels: side => `/v1/search?q=${side}`,
  listStreams: side => `/v1/channels/${side}/streams`,
  listRecordings: side => `/v1/recordings?categoryId=${side}`,
  listVods: side => `/v1/channels/${side}/vods`,
  listStreamEvents: side => `/v1/channels/${side}/streams/st-${side}-1/events`,
  listChatMessages: side => `/v1/channels/${side}/streams/st-${side}-1/chat`,
  listBans: side => `/v1/channels/${side}/chat/bans`,
  listModerators: side => `/v1/channels/${side}/moderators`,
  listModerationLog: side => `/v1/channels/${side}/moderation-log`,
  listModerated: () => '/v1/users/me/moderated-channels',
  listFollowers: side => `/v1/channels/${side}/followers`,
  listFollowing: () => '/v1/users/me/following',
  listSessions: () => '/v1/users/me/sessions',
  listStageRequests: () => '/v1/stages/me/requests',
};

const times = { createdAt: '2026-01-15T10:00:00.000Z', updatedAt: '2026-01-15T10:00:00.000Z' };
const at = (n: number) => `2026-01-15T10:00:0${n}.000Z`;

beforeAll(async () => {
  for (const side of sides) {
    const member = await api().signUp(side);
    members.set(side, member);
    const { username, password } = member;
    await api().client().POST('/v1/sessions', { body: { username, password } });
    await putLists(side, member);
    await askForStage(member);
  }
});

/** Writes two rows of each list for a member. */
async function putLists(side: Side, { channelId, userId, api: own }: Member): Promise<void> {
  const { database } = api();
  const two = [1, 2];
  const mine = { ...channel({ username: side }), id: channelId, userId };
  const shows = two.map(n => live(channel({ username: `${side}${n}`, categoryId: side })).channel);
  const recorded = { recordingStatus: 'ended' as const, recordingPath: 'p' };
  await putRows(database, 'channels', shows);
  await putRows(
    database,
    'streams',
    two.map(n =>
      stream(mine, {
        id: `st-${side}-${n}`,
        startedAt: at(n),
        vodStartedAt: at(n),
        categoryId: side,
        ...recorded,
      }),
    ),
  );
  await putRows(
    database,
    'streamEvents',
    two.map(n => ({
      streamId: `st-${side}-1`,
      id: `${at(n)}#e${n}`,
      eventId: `e${n}`,
      time: at(n),
      channelId,
      name: 'Stream Start',
      detailType: 'IVS Stream State Change',
      detail: {},
      ...times,
    })),
  );
  const { data: me } = await own.GET('/v1/users/me');
  const said = two.map(
    (n): ArchiveEntry => ({
      kind: 'message',
      messageId: `m${n}`,
      sentAt: at(n),
      content: 'hi',
      sender: { userId },
    }),
  );
  await archive(database, me?.chatRoom?.id ?? '', said, at(9));
  await putRows(
    database,
    'bans',
    two.map(n => ({ channelId, userId: `u${n}`, username: 'x', bannedAt: at(n), by: userId, ...times })),
  );
  await putRows(
    database,
    'follows',
    shows.map((show, n) => ({ userId, channelId: show.id, followedAt: at(n), ...times })),
  );
  await putRows(
    database,
    'moderators',
    two.flatMap(n => [
      { channelId, userId: `u${n}`, ...times },
      { channelId: shows[n - 1]?.id, userId, ...times, createdAt: at(n) },
    ]),
  );
  await putRows(
    database,
    'audit',
    two.map(n => ({ channelId, id: `${at(n)}#${n}`, at: at(n), action: 'ban', by: userId, ...times })),
  );
  const fans = await Promise.all(two.map(() => api().signUp()));
  await putRows(
    database,
    'follows',
    fans.map((fan, n) => ({ userId: fan.userId, channelId, followedAt: at(n), ...times })),
  );
}

/** Two viewers ask to come on a member's stage, which they can while the member is live. */
async function askForStage(host: Member): Promise<void> {
  await api().goLive(host);
  for (const viewer of [await api().signUp(), await api().signUp()])
    await viewer.api.PUT('/v1/stages/{username}/request', { params: { path: { username: host.username } } });
}

const list = z.object({ items: z.array(z.unknown()), nextCursor: z.string().nullable() });

async function ask(operationId: string, side: Side, query: Readonly<Record<string, string>>) {
  const { searchParams, pathname } = new URL(lists[operationId]?.(side) ?? '', 'https://api.example');
  for (const [name, value] of Object.entries(query)) searchParams.set(name, value);
  const headers = { authorization: `Bearer ${members.get(side)?.accessToken}` };
  const response = await api().request(`${pathname}?${searchParams}`, { headers });
  return { status: response.status, body: await response.json() };
}

const operation = z.object({
  operationId: z.string(),
  parameters: z.array(z.object({ name: z.string() })).default([]),
});

describe('a cursor of one partition', () => {
  test.each(Object.keys(lists))(
    'of %s works there, and is refused by every other list before the table is read',
    async id => {
      const first = await ask(id, 'ann', { limit: '1' });
      const cursor = z.string().parse(list.parse(first.body).nextCursor);
      expect(list.parse((await ask(id, 'ann', { limit: '1', cursor })).body).items).toHaveLength(1);
      expect(await ask(id, 'bob', { limit: '1', cursor })).toMatchObject({
        status: 400,
        body: { type: 'urn:problem-type:invalid-cursor' },
      });
    },
  );

  test('is given by these lists and by the lists of categories and stages, which are one list each, and by no others', () => {
    // readOpenApi does not read query parameters.
    const taking = Object.values(openApiDocument().paths ?? {})
      .flatMap(path => Object.values(z.record(z.string(), operation).parse(path)))
      .filter(({ parameters }) => parameters.some(({ name }) => name === 'cursor'))
      .map(({ operationId }) => operationId);
    expect(taking.sort()).toEqual([...Object.keys(lists), 'listCategories', 'listStages'].sort());
  });
});
