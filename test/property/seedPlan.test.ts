import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { auditRow } from '../../model/auditEntry.ts';
import { banRow } from '../../model/ban.ts';
import { catalogue } from '../../model/categories.ts';
import { categoryRow } from '../../model/category.ts';
import { type Channel, channelRow } from '../../model/channel.ts';
import {
  type ChatDeletion,
  type ChatMessage,
  type ChatMinute,
  chatDeletionRow,
  chatMessageRow,
  chatMinuteRow,
} from '../../model/chatMessage.ts';
import { chatRoomRow } from '../../model/chatRoom.ts';
import { followRow } from '../../model/follow.ts';
import { parseIvsEvent } from '../../model/ivsEvent.ts';
import { moderatorRow } from '../../model/moderator.ts';
import { username } from '../../model/newUsername.ts';
import { present, shardOf } from '../../model/row.ts';
import { stageParticipantRow, stageRow, stageTokenRow } from '../../model/stage.ts';
import { type Stream, streamRow } from '../../model/stream.ts';
import { type StreamEvent, streamEventRow } from '../../model/streamEvent.ts';
import { tables } from '../../model/tables.ts';
import { usernameRow, userRow } from '../../model/user.ts';
import { viewerKinds, viewerMinuteRow } from '../../model/viewerMinute.ts';
import { uniqueUsername } from '../../seed/identity.ts';
import { historyRows, planRows } from '../../seed/plan.ts';
import { parseSeedFile } from '../../seed/seedFile.ts';
import type { SeedPlan } from '../../seed/seedPlan.ts';
import type { SeedRow } from '../../seed/seedRow.ts';
import { previewChange, restoreInvariants } from '../../streamEventsApi/channelSessions.ts';
import { foldEvidence, isLifecycleChange, withChannelTitle } from '../../streamEventsApi/fold.ts';

const now = '2026-03-01T12:00:00.000Z';

const schemas = {
  users: z.strictObject(userRow.shape),
  channels: z.strictObject(channelRow.shape),
  chatRooms: z.strictObject(chatRoomRow.shape),
  stages: z.strictObject(stageRow.shape),
  categories: z.strictObject(categoryRow.shape),
  usernames: z.strictObject(usernameRow.shape),
  streams: z.strictObject(streamRow.shape),
  streamEvents: z.strictObject(streamEventRow.shape),
  metrics: z.strictObject(viewerMinuteRow.shape),
  chatMessages: z.union([
    z.strictObject(chatMessageRow.shape),
    z.strictObject(chatDeletionRow.shape),
    z.strictObject(chatMinuteRow.shape),
  ]),
  follows: z.strictObject(followRow.shape),
  bans: z.strictObject(banRow.shape),
  moderators: z.strictObject(moderatorRow.shape),
  audit: z.strictObject(auditRow.shape),
  stageParticipants: z.strictObject(stageParticipantRow.shape),
  stageTokens: z.strictObject(stageTokenRow.shape),
} as const;

type Rows = { [T in SeedRow['table']]: Extract<SeedRow, { table: T }>['row'][] };

/** The rows of a plan, by table. */
function rowsOf(plan: SeedPlan): Rows {
  const rows: Rows = {
    users: [],
    usernames: [],
    channels: [],
    chatRooms: [],
    stages: [],
    categories: [],
    streams: [],
    streamEvents: [],
    metrics: [],
    chatMessages: [],
    follows: [],
    bans: [],
    moderators: [],
    audit: [],
    stageParticipants: [],
    stageTokens: [],
  };
  for (const { table, row } of planRows(plan)) (rows[table] as unknown[]).push(row);
  return rows;
}

const minutesAgo = fc.integer({ min: 10, max: 100_000 });
const at = (minutes: number) => new Date(Date.parse(now) - minutes * 60_000).toISOString();
const anyStream = fc.oneof(
  fc.record(
    {
      startedAt: minutesAgo.map(at),
      isHealthy: fc.boolean(),
      hasErrorEvent: fc.boolean(),
      isRecorded: fc.boolean(),
      peakViewers: fc.nat(5_000),
    },
    { requiredKeys: [] },
  ),
  fc.record(
    {
      isLive: fc.constant(false),
      title: fc.constant('Then'),
      category: fc.constantFrom('Then', 'Music'),
      isHealthy: fc.boolean(),
      hasErrorEvent: fc.boolean(),
      isRecorded: fc.boolean(),
    },
    { requiredKeys: ['isLive'] },
  ),
  fc
    .tuple(minutesAgo, fc.integer({ min: 1, max: 9 }))
    .map(([ago, length]) => ({ startedAt: at(ago), endedAt: at(ago - length) })),
);
const anyChannel = fc.record(
  {
    title: fc.constant('Hello'),
    category: fc.constantFrom('Music', 'music!', 'Knitting'),
    isPartner: fc.boolean(),
    stream: anyStream,
  },
  { requiredKeys: ['title'] },
);

/** Plans with channels from a file, offline channels and live channels, in any numbers. */
const anyPlan: fc.Arbitrary<SeedPlan> = fc
  .tuple(fc.nat(4_294_967_295), fc.array(anyChannel, { maxLength: 6 }), fc.nat(6), fc.nat(12))
  .map(([set, channels, offline, live]) => {
    const named = channels.map((channel, index) => ({ ...channel, username: `Person_${index}` }));
    return {
      set,
      count: channels.length + offline + live,
      offline,
      channels: parseSeedFile(JSON.stringify({ channels: named }), 'generated.json', new Date(now)),
      pastStreams: 0,
      region: 'us-west-2',
      now,
    };
  });

const planLaw = (law: (rows: Rows, plan: SeedPlan) => void, numRuns = 25) =>
  fc.assert(
    fc.property(anyPlan, plan => law(rowsOf(plan), plan)),
    { numRuns },
  );

describe('the seed plan', () => {
  test('has exactly the requested channels, each with one stream and one of each other resource', () => {
    planLaw((rows, { count }) => {
      for (const table of ['users', 'channels', 'chatRooms', 'stages', 'streams'] as const) {
        expect(rows[table]).toHaveLength(count);
      }
      const ids = rows.channels.map(channel => channel.id).sort();
      expect(rows.streams.map(stream => stream.channelId).sort()).toEqual(ids);
      expect(rows.users.map(user => user.channelId).sort()).toEqual(ids);
    });
  });

  test('has the channels of the file first, then the offline ones, then the live ones', () => {
    planLaw((rows, { channels, offline }) => {
      const random = rows.streams.slice(channels.length);
      for (const [index, stream] of random.entries()) {
        expect(stream.isLive).toBe(index >= offline);
        expect(stream.endedAt === undefined).toBe(stream.isLive);
        expect(stream.isOpen !== undefined).toBe(stream.isLive);
      }
      for (const [index, { username, title, stream }] of channels.entries()) {
        expect(rows.channels[index]).toMatchObject({ username, title });
        if (stream?.startedAt !== undefined) expect(rows.streams[index]?.startedAt).toBe(stream.startedAt);
        if (stream?.endedAt !== undefined) expect(rows.streams[index]?.endedAt).toBe(stream.endedAt);
        expect(rows.streams[index]?.isLive).toBe(stream?.isLive ?? stream?.endedAt === undefined);
      }
    });
  });

  test('has rows that match the schema, each with a key of its own', () => {
    planLaw(rows => {
      for (const table of Object.keys(schemas) as SeedRow['table'][]) {
        const { hash, range } = tables[table].key;
        const keys = rows[table].map(row => {
          const parsed: Record<string, unknown> = schemas[table].parse(row);
          return JSON.stringify([parsed[hash], range && parsed[range]]);
        });
        expect(new Set(keys).size).toBe(keys.length);
      }
    });
  });

  test('gives every row a mock id, and every random channel a unique name', () => {
    planLaw((rows, { channels }) => {
      for (const table of ['users', 'channels', 'chatRooms', 'stages', 'categories', 'streams'] as const) {
        for (const { id } of rows[table]) expect(id).toMatch(/^mock-[\p{L}\p{N}-]+$/u);
      }
      const names = rows.users.map(user => user.username);
      expect(new Set(names.map(name => name.toLowerCase())).size).toBe(names.length);
      for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]{3,32}$/);
      for (const name of names.slice(channels.length)) expect(name).toMatch(/^mock-/);
    });
  });

  test('gives a channel whose name is taken a name that only this channel of this set can have', () => {
    const place = fc.tuple(
      fc.nat(4_294_967_295),
      fc.nat(999_999),
      fc.stringMatching(/^[A-Za-z0-9_-]{3,32}$/),
    );
    fc.assert(
      fc.property(place, place, ([set, index, word], [otherSet, otherIndex, otherWord]) => {
        const name = uniqueUsername(set, index, word);
        expect(name).toMatch(/^mock-[A-Za-z0-9_-]{1,27}$/);
        expect(username.safeParse(name).success).toBe(false);
        fc.pre(set !== otherSet || index !== otherIndex);
        expect(uniqueUsername(otherSet, otherIndex, otherWord)).not.toBe(name);
      }),
    );
  });

  test('has no reference to a missing row', () => {
    planLaw(rows => {
      const ids = (list: readonly { readonly id: string }[]) => new Set(list.map(row => row.id));
      const [users, channels, streams, categories] = [
        ids(rows.users),
        ids(rows.channels),
        ids(rows.streams),
        // Every stack has the categories of the catalog.
        new Set([...ids(rows.categories), ...ids(catalogue)]),
      ];
      for (const channel of rows.channels) {
        expect(users).toContain(channel.userId);
        expect(categories).toContain(channel.categoryId);
      }
      for (const stream of rows.streams) expect(categories).toContain(stream.categoryId);
      for (const user of rows.users) {
        expect(ids(rows.chatRooms)).toContain(user.chatRoomId);
        expect(ids(rows.stages)).toContain(user.stageId);
      }
      for (const follow of rows.follows) {
        expect(users).toContain(follow.userId);
        expect(channels).toContain(follow.channelId);
      }
      const [rooms, stages] = [ids(rows.chatRooms), ids(rows.stages)];
      const strays = [
        [...rows.streamEvents, ...rows.metrics].filter(row => !streams.has(row.streamId)),
        [...rows.chatRooms, ...rows.bans, ...rows.moderators, ...rows.audit].filter(
          row => !channels.has(row.channelId),
        ),
        rows.chatMessages.filter(row => !rooms.has(row.chatRoomId)),
        rows.bans.filter(row => !users.has(row.userId) || !users.has(row.by)),
        rows.moderators.filter(row => !users.has(row.userId)),
        rows.audit.filter(row => !users.has(row.userId ?? '') || !users.has(row.by)),
        [...rows.stageParticipants, ...rows.stageTokens].filter(row => !stages.has(row.stageId)),
        rows.stageTokens.filter(row => !users.has(row.userId)),
      ];
      expect(strays.flat()).toEqual([]);
    });
  });

  test('adds the categories that no stack has, after all others, and none that a stack has', () => {
    planLaw((rows, { channels }) => {
      const named = channels.flatMap(({ category, stream }) => [category, stream?.category]);
      const own = ['Then', 'Knitting'].filter(name => named.includes(name));
      expect(rows.categories.map(({ name }) => name).sort()).toEqual(own.sort());
      const orders = rows.categories.map(({ sortOrder }) => sortOrder);
      expect(orders).toEqual(own.map((_, index) => catalogue.length + index + 1));
    });
  });

  test('has a follower count equal to the number of follows, and no user who follows themselves', () => {
    planLaw(rows => {
      for (const channel of rows.channels) {
        const follows = rows.follows.filter(follow => follow.channelId === channel.id);
        expect(channel.followerCount).toBe(follows.length);
        expect(follows.map(follow => follow.userId)).not.toContain(channel.userId);
      }
    });
  });

  test('has the streams and channels that the fold makes of their events', () => {
    planLaw(rows => {
      for (const [index, stream] of rows.streams.entries()) {
        const channel = rows.channels[index];
        if (channel === undefined) throw new Error('the stream has no channel');
        const events = rows.streamEvents.filter(event => event.streamId === stream.id);
        const folded = fold(channel, events);
        const own = {
          createdAt: '',
          updatedAt: '',
          version: 0,
          title: '',
          categoryId: '',
          vodCategoryId: '',
        };
        // Viewers write the peak and the views, not the fold.
        const { peakViewers: _, views: _views, recordingViews: _plays, ...state } = stream ?? {};
        expect(JSON.parse(JSON.stringify({ ...folded.stream, ...own }))).toEqual({ ...state, ...own });
        expect(JSON.parse(JSON.stringify(folded.live))).toEqual(liveStateOf(channel));
      }
    });
  });

  test('has times in a plausible order, and none in the future', () => {
    planLaw(rows => {
      const isStored = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
      const times = Object.values(rows).flatMap(list => list.flatMap(timesOf));
      expect(times.filter(time => !isStored.test(time) || time > now)).toEqual([]);
      for (const [index, stream] of rows.streams.entries()) {
        const { startedAt = '', endedAt = now } = stream;
        expect(rows.channels[index]?.createdAt.localeCompare(startedAt)).toBe(-1);
        const room = rows.chatRooms[index]?.id;
        const sent = messagesIn(rows, room).map(row => row.sentAt);
        expect(sent.filter(time => time < startedAt || time > endedAt)).toEqual([]);
        const told = rows.streamEvents.filter(row => row.streamId === stream.id).map(row => row.time);
        expect(told).toEqual([...told].sort());
      }
    });
  });

  test('has viewer minutes during streams, in which the kinds of each sort add up to the total', () => {
    planLaw(rows => {
      const kinds = Object.entries(viewerKinds);
      for (const minute of rows.metrics) {
        const counts = new Map(Object.entries(minute));
        const sums = kinds.map(([dimension, names]) =>
          names.reduce((sum, name) => sum + Number(counts.get(`${dimension}:${name}`) ?? 0), 0),
        );
        expect(sums).toEqual(kinds.map(() => minute.viewers));
      }
      for (const { id, startedAt = '', endedAt = now } of rows.streams) {
        const minutes = rows.metrics.filter(row => row.streamId === id).map(row => row.id);
        const [first, last] = [minutes[0] ?? '', minutes.at(-1) ?? ''];
        expect(minutes).toEqual([...new Set(minutes)].sort());
        expect(first >= minuteOf(startedAt)).toBe(true);
        expect(last).toBe(minuteOf(new Date(Date.parse(endedAt) - 1).toISOString()));
      }
    });
  });

  test('has the peak and the views of the viewer minutes on each stream, and the last of them on each live channel', () => {
    planLaw(rows => {
      for (const [index, row] of rows.streams.entries()) {
        const { id, peakViewers, views, recordingViews, vodStartedAt } = row;
        const minutes = rows.metrics.filter(({ streamId }) => streamId === id);
        expect(peakViewers).toBe(Math.max(...minutes.map(({ viewers }) => viewers)));
        expect(views).toBeGreaterThanOrEqual(peakViewers ?? 0);
        expect(recordingViews === undefined).toBe(vodStartedAt === undefined);
        const { openStreamId, viewers, viewersAt } = rows.channels[index] ?? {};
        const last = openStreamId === undefined ? undefined : minutes.at(-1);
        expect([viewers, viewersAt]).toEqual([last?.viewers, last?.id]);
      }
    });
  });

  test("counts each room's messages by minute, and deletes only messages that exist", () => {
    planLaw(rows => {
      for (const { id } of rows.chatRooms) {
        const messages = messagesIn(rows, id);
        const counts: Record<string, number> = {};
        for (const { sentAt } of messages) counts[minuteOf(sentAt)] = (counts[minuteOf(sentAt)] ?? 0) + 1;
        const minutes = rows.chatMessages.filter(row => row.chatRoomId === id).filter(isMinute);
        expect(Object.fromEntries(minutes.map(row => [row.minute, row.messages]))).toEqual(counts);
      }
      const sentAt = new Map(rows.chatMessages.filter(isMessage).map(row => [row.messageId, row.sentAt]));
      for (const { messageId, deletedAt } of rows.chatMessages.filter(isDeletion))
        expect(sentAt.get(messageId)?.localeCompare(deletedAt)).toBeLessThanOrEqual(0);
    });
  });

  test('bans no owner from their own channel, no user twice, and nobody with an end in the past', () => {
    planLaw(rows => {
      for (const { userId, by, until, expiresAt } of rows.bans) {
        expect(userId).not.toBe(by);
        expect(until === undefined || until > now).toBe(true);
        expect(expiresAt).toBe(until === undefined ? undefined : Date.parse(until) / 1000);
      }
    });
  });

  test('has moderators who are counted, whom their channel does not ban and who do not own it', () => {
    planLaw(rows => {
      const banned = new Set(rows.bans.map(({ channelId, userId }) => `${channelId} ${userId}`));
      for (const { id, userId: owner, moderatorCount } of rows.channels) {
        const moderators = rows.moderators.filter(({ channelId }) => channelId === id);
        expect(moderatorCount).toBe(moderators.length);
        for (const { userId } of moderators) {
          expect(userId).not.toBe(owner);
          expect(banned.has(`${id} ${userId}`)).toBe(false);
        }
      }
    });
  });

  test('shows the participants on a stage that the fold would show, and one token for each guest', () => {
    planLaw(rows => {
      for (const [index, stage] of rows.stages.entries()) {
        const participants = rows.stageParticipants.filter(row => row.stageId === stage.id);
        expect(stage.publishedParticipants).toEqual(participants.map(row => row.id).sort());
        expect(participants.every(row => row.published && row.expiresAt === undefined)).toBe(true);
        expect(stage.isLive).toBe(participants.length > 0);
        expect([stage.live, stage.liveSince]).toEqual(
          stage.isLive ? [shardOf(present, stage.id), participants[0]?.at] : [undefined, undefined],
        );
        expect(stage.channelId).toBe(rows.channels[index]?.id);
        if (stage.isLive) expect(rows.streams[index]?.isLive).toBe(true);

        const { invitations = [] } = stage;
        const tokens = rows.stageTokens.filter(row => row.stageId === stage.id);
        expect(tokens.map(({ participantId, userId }) => ({ participantId, userId }))).toEqual(
          invitations.map(({ participantId, userId }) => ({ participantId, userId })),
        );
        expect(tokens.map(row => new Date(row.expiresAt * 1000).toISOString())).toEqual(
          invitations.map(row => row.expiresAt),
        );
        expect(invitations.map(row => row.userId)).not.toContain(stage.userId);
        expect(invitations.every(row => row.expiresAt > now)).toBe(true);
      }
    });
  });

  test('has something of every kind among fifty channels', () => {
    const rows = rowsOf({
      set: 1,
      count: 50,
      offline: 5,
      channels: [],
      pastStreams: 0,
      region: 'us-west-2',
      now,
    });
    for (const [table, list] of Object.entries(rows))
      if (table !== 'categories') expect([table, list.length > 0]).toEqual([table, true]);
    expect(rows.chatMessages.filter(isDeletion).length).toBeGreaterThan(0);
    expect(rows.chatRooms.filter(room => room.blockedTerms !== undefined).length).toBeGreaterThan(0);
    expect(new Set(rows.bans.map(ban => ban.until === undefined))).toEqual(new Set([true, false]));
    expect(rows.streams.filter(stream => stream.vodStartedAt !== undefined)).toHaveLength(5);
    expect(rows.channels.filter(channel => channel.livePreviewPath !== undefined)).toHaveLength(45);
  });

  test('has the same rows for the same set', () => {
    planLaw((rows, plan) => {
      expect(rowsOf(plan)).toEqual(rows);
    }, 15);
  });

  test('has the same rows at another time, except for their times', () => {
    fc.assert(
      fc.property(anyPlan, fc.integer({ min: 1, max: 100_000 }), (plan, seconds) => {
        // Times in the seed file are fixed, so this test leaves them out.
        const timeless = { ...plan, channels: plan.channels.map(({ stream, ...channel }) => channel) };
        const later = new Date(Date.parse(now) + seconds * 1000).toISOString();
        expect(withoutTimes(rowsOf({ ...timeless, now: later }))).toEqual(withoutTimes(rowsOf(timeless)));
      }),
      { numRuns: 15 },
    );
  });

  test('has other rows for another set, with no id in common', () => {
    planLaw((rows, plan) => {
      const other = rowsOf({ ...plan, set: plan.set === 0 ? 1 : plan.set - 1 });
      const ids = (list: Rows) =>
        [list.users, list.channels, list.streams, list.categories].flat().map(row => row.id);
      const own = new Set(ids(rows));
      expect(ids(other).filter(id => own.has(id))).toEqual([]);
    }, 15);
  });

  test('is lazy: the first rows of a million channels come at once', () => {
    const plan = {
      set: 1,
      count: 1_000_000,
      offline: 1,
      channels: [],
      pastStreams: 0,
      region: 'us-west-2',
      now,
    };
    const rows = planRows(plan);
    for (let taken = 0; taken < 100; taken++) expect(rows.next().done).toBe(false);
  });
});

describe('past streams', () => {
  /** The rows of a plan with past streams, with the later one of two rows with one key. */
  const historyLaw = (law: (rows: Rows, added: readonly SeedRow[], plan: SeedPlan) => void, numRuns = 6) =>
    fc.assert(
      fc.property(anyPlan, fc.integer({ min: 1, max: 4 }), (withoutPast, pastStreams) => {
        const plan = { ...withoutPast, count: Math.min(withoutPast.count, withoutPast.channels.length + 3) };
        plan.offline = Math.min(plan.offline, plan.count - plan.channels.length);
        const history = { ...plan, pastStreams };
        const added = [...historyRows(history)];
        const rows = rowsOf(plan);
        const list = (table: SeedRow['table']): object[] => rows[table];
        for (const table of Object.keys(schemas) as SeedRow['table'][]) {
          const { hash, range } = tables[table].key;
          const keyOf = (row: object) => {
            const members = new Map(Object.entries(row));
            return JSON.stringify([members.get(hash), range && members.get(range)]);
          };
          const places = new Map(list(table).map((row, place) => [keyOf(row), place]));
          for (const { row } of added.filter(one => one.table === table)) {
            const place = places.get(keyOf(row)) ?? list(table).length;
            places.set(keyOf(row), place);
            list(table)[place] = row;
          }
        }
        law(rows, added, history);
      }),
      { numRuns },
    );

  test('add rows to streams, timelines, viewers and chats only, and replace only counts of messages', () => {
    historyLaw((rows, added, plan) => {
      const before = rowsOf(plan);
      expect([...new Set(added.map(({ table }) => table))].sort()).toEqual(
        plan.count === 0 ? [] : ['chatMessages', 'metrics', 'streamEvents', 'streams'],
      );
      for (const { table, row } of added) schemas[table].parse(row);
      const isCount = (row: object) => 'minute' in row && 'messages' in row;
      for (const table of Object.keys(schemas) as SeedRow['table'][])
        expect(rows[table].slice(0, before[table].length).filter(row => !isCount(row))).toEqual(
          before[table].filter(row => !isCount(row)),
        );
    });
  });

  test('are as many as requested, one after another between the creation of the account and the stream', () => {
    historyLaw((rows, _, { pastStreams }) => {
      for (const channel of rows.channels) {
        const streams = rows.streams.filter(({ channelId }) => channelId === channel.id);
        expect(streams).toHaveLength(1 + pastStreams);
        const [newest, ...past] = streams;
        let next = newest?.startedAt ?? '';
        for (const { startedAt = '', endedAt = '', isOpen, recordingDurationMs = 0 } of past) {
          expect(isOpen).toBeUndefined();
          expect(startedAt < endedAt && endedAt < next && channel.createdAt < startedAt).toBe(true);
          expect(recordingDurationMs).toBeGreaterThan(0);
          next = startedAt;
        }
      }
    });
  });

  test('are those that the fold makes of their events', () => {
    historyLaw(rows => {
      const own = { createdAt: '', updatedAt: '', version: 0, title: '', categoryId: '' };
      for (const { peakViewers: _, views: _views, recordingViews: _plays, ...stream } of rows.streams.slice(
        rows.channels.length,
      )) {
        const channel = rows.channels.find(({ id }) => id === stream.channelId);
        if (channel === undefined) throw new Error('the stream has no channel');
        const { stream: folded } = fold(
          channel,
          rows.streamEvents.filter(event => event.streamId === stream.id),
        );
        expect(JSON.parse(JSON.stringify({ ...folded, ...own }))).toEqual({ ...stream, ...own });
      }
    });
  });

  test('and the newest stream have viewers in every minute, never more than the peak', () => {
    historyLaw(rows => {
      for (const { id, startedAt = '', endedAt = now, peakViewers } of rows.streams) {
        const minutes = rows.metrics.filter(row => row.streamId === id);
        const lengthMs = Date.parse(endedAt) - Date.parse(startedAt);
        if (lengthMs > 86_400_000) continue;
        expect(minutes.length).toBeGreaterThanOrEqual(Math.floor(lengthMs / 60_000));
        expect(Math.max(...minutes.map(({ viewers }) => viewers))).toBe(peakViewers);
        const times = minutes.map(row => row.id).sort();
        for (const [nth, time] of times.slice(1).entries())
          expect(Date.parse(time) - Date.parse(times[nth] ?? '')).toBe(60_000);
      }
    });
  });

  test('have chat during the streams, with the right number of messages in each minute', () => {
    historyLaw((rows, added, { pastStreams }) => {
      for (const { id, channelId } of rows.chatRooms) {
        const messages = messagesIn(rows, id);
        const counts: Record<string, number> = {};
        for (const { sentAt } of messages) counts[minuteOf(sentAt)] = (counts[minuteOf(sentAt)] ?? 0) + 1;
        const minutes = rows.chatMessages.filter(row => row.chatRoomId === id).filter(isMinute);
        expect(Object.fromEntries(minutes.map(row => [row.minute, row.messages]))).toEqual(counts);
        const streams = rows.streams.filter(stream => stream.channelId === channelId);
        const during = ({ startedAt = '', endedAt = now }: Stream) =>
          messages.filter(({ sentAt }) => startedAt <= sentAt && sentAt <= endedAt).length;
        expect(streams.reduce((sum, stream) => sum + during(stream), 0)).toBe(messages.length);
        if (added.length > 0)
          expect(streams.slice(1).filter(stream => during(stream) >= 5)).toHaveLength(pastStreams);
      }
    });
  });

  test('are none without PAST_STREAMS', () => {
    planLaw((_, plan) => expect([...historyRows(plan)]).toEqual([]));
  });
});

type ChatRow = Rows['chatMessages'][number];
const isMessage = (row: ChatRow): row is ChatMessage => 'content' in row;
const isDeletion = (row: ChatRow): row is ChatDeletion => 'deletedAt' in row;
const isMinute = (row: ChatRow): row is ChatMinute => 'minute' in row;

function messagesIn(rows: Rows, roomId: string | undefined): ChatMessage[] {
  return rows.chatMessages.filter(isMessage).filter(row => row.chatRoomId === roomId);
}

const minuteOf = (time: string) => `${time.slice(0, 16)}:00.000Z`;

function timesOf(row: object): string[] {
  // Expiry times are in the future by intention.
  const members = Object.entries(row).filter(([name]) => name.endsWith('At') && name !== 'expiresAt');
  return members.flatMap(([, value]) => (value === undefined ? [] : [String(value)]));
}

/** Folds a timeline, in order, into a channel that has never streamed. */
function fold(seeded: Channel, events: readonly StreamEvent[]) {
  const {
    newestStreamId,
    newestStartedAt,
    openStreamId,
    live,
    liveStartedAt,
    liveCategoryId,
    livePreviewPath,
    ...rest
  } = seeded;
  let channel: Channel = { ...rest, isLive: false };
  let stream: Stream | undefined;
  for (const row of events) {
    const event = parseIvsEvent({
      id: row.eventId,
      'detail-type': row.detailType,
      source: 'aws.ivs',
      time: row.time,
      resources: [channel.arn],
      detail: row.detail,
    });
    if (!('streamId' in event)) throw new Error('not an event of a session');
    expect(event.name).toBe(row.name);
    const known = new Map(stream === undefined ? [] : [[stream.id, stream]]);
    const [seen] = foldEvidence(channel, known, event, row.time);
    if (seen === undefined) throw new Error('the fold did not return the session of the event');
    const after = withChannelTitle(channel, stream, seen);
    if (!isLifecycleChange(stream, after)) {
      stream = after;
      const preview = previewChange(channel, [after]);
      if (typeof preview === 'object') channel = { ...channel, ...preview };
      continue;
    }
    const restored = restoreInvariants(channel, after, [], {});
    [stream] = restored.sessions;
    channel = { ...channel, ...restored.channel };
  }
  return { stream, live: liveStateOf(channel) };
}

function liveStateOf(channel: Channel) {
  const {
    isLive,
    newestStreamId,
    newestStartedAt,
    openStreamId,
    live,
    liveStartedAt,
    liveCategoryId,
    livePreviewPath,
  } = channel;
  const state = {
    isLive,
    newestStreamId,
    newestStartedAt,
    openStreamId,
    live,
    liveStartedAt,
    liveCategoryId,
    livePreviewPath,
  };
  return JSON.parse(JSON.stringify(state));
}

function withoutTimes(rows: Rows): unknown {
  const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;
  const path = /\/\d{4}\/\d+\/\d+\/\d+\/\d+\//g;
  const expiry = /"expiresAt":\d+/g;
  // The digest of an occurrence includes the path of a recording.
  const occurrence = /"T#[\w-]{22}"/g;
  const text = JSON.stringify(rows)
    .replace(time, 'T')
    .replace(path, '/D/')
    .replace(expiry, '"expiresAt":0')
    .replace(occurrence, '"T#O"');
  return JSON.parse(text);
}
