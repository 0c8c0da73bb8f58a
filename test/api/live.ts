import { type ArchiveEntry, archive } from '../../store/chatMessages.ts';
import type { Database } from '../../store/database.ts';
import { category, channel, live, putRows, stream } from '../support/rows.ts';
import type { Renamed } from './contract.ts';

/** A former name of a user of `putLiveChannels`. */
export const renamed: Renamed = { from: 'Bobby', to: 'bob' };

/**
 * Seven live channels, in two categories and in none, and one offline. The first has old streams, a chat and
 * a stage. The second has a user who was renamed and has written in that chat.
 */
export async function putLiveChannels(database: Database): Promise<void> {
  const names = ['Ann', 'bob', 'cleo', 'dan', 'eve', 'finn', 'gus'];
  const shows = names.map((username, index) => {
    const categoryId = index === 6 ? undefined : ['music', 'games'][index % 2];
    const links =
      index === 0
        ? {
            chatRoomArn: 'arn:aws:ivschat:us-west-2:000000000000:room/r1',
            stageArn: 'arn:aws:ivs:us-west-2:000000000000:stage/s1',
          }
        : {};
    return live(channel({ username, categoryId, ...links }), {
      startedAt: `2026-01-15T1${index}:00:00.000Z`,
    });
  });
  const [first] = shows;
  if (first === undefined) throw new Error('there are no live channels');
  const past = [1, 2, 3, 4, 5].map(day =>
    stream(first.channel, {
      id: `st-past-${day}`,
      startedAt: `2026-01-0${day}T10:00:00.000Z`,
      endedAt: `2026-01-0${day}T11:30:00.000Z`,
    }),
  );
  const channels = [...shows.map(show => show.channel), channel({ username: 'off' })];
  await putRows(database, 'channels', channels);
  await putRows(database, 'streams', [...shows.map(show => show.stream), ...past]);
  await putRoomAndStage(database, first);
  await putRenamedUser(database, 'user-bob', 'bob');
  await putRows(database, 'categories', [
    category({ id: 'music', name: 'Music', sortOrder: 2 }),
    category({ id: 'games', name: 'Games', sortOrder: 10 }),
    category({ id: 'talk', name: 'Just talking', sortOrder: 1 }),
  ]);
}

async function putRenamedUser(database: Database, id: string, channelId: string): Promise<void> {
  const at = '2026-01-01T00:00:00.000Z';
  const times = { createdAt: at, updatedAt: at };
  const { from, to } = renamed;
  const own = { username: to, usernameKey: to, channelId, chatRoomId: 'r2', stageId: 's2', version: 1 };
  await putRows(database, 'users', [{ id, status: 'active', ...own, ...times }]);
  // The Lambdas use the time of the computer.
  const kept = { heldUntil: '2126-01-01T00:00:00.000Z', renamedTo: to };
  await putRows(database, 'usernames', [
    { usernameKey: to, userId: id, ...times },
    { usernameKey: from.toLowerCase(), userId: id, ...kept, ...times },
  ]);
}

/** Adds a chat room with messages from before and during the stream, and a stage. */
async function putRoomAndStage(database: Database, show: ReturnType<typeof live>): Promise<void> {
  const { channel: host, stream: session } = show;
  const startedAt = session.startedAt ?? '';
  const own = { userId: host.userId, channelId: host.id, createdAt: startedAt, updatedAt: startedAt };
  const said = [-60_000, 1_500, 2_000].map((offsetMs, index): ArchiveEntry => {
    const sentAt = new Date(Date.parse(startedAt) + offsetMs).toISOString();
    return {
      kind: 'message',
      messageId: `m${index}`,
      sentAt,
      content: 'hello',
      sender: { userId: 'user-bob' },
    };
  });
  await putRows(database, 'chatRooms', [
    { ...own, id: 'r1', arn: host.chatRoomArn, name: host.username, endpoint: 'wss://chat.example' },
  ]);
  await archive(database, 'r1', said, startedAt);
  await putRows(database, 'stages', [
    {
      ...own,
      id: 's1',
      arn: host.stageArn,
      name: host.username,
      isLive: false,
      publishedParticipants: [],
      version: 0,
    },
  ]);
}
