import { describe, expect, test } from '@jest/globals';
import { listChatReplay, type ReplayRequest } from '../../domain/chatReplay.ts';
import { cursorCodec } from '../../domain/cursors.ts';
import { InvalidCursorError, NotFoundError } from '../../domain/errors.ts';
import { readAnalytics } from '../../domain/viewers/analytics.ts';
import { present } from '../../model/row.ts';
import type { Stream } from '../../model/stream.ts';
import { type ArchiveEntry, archive } from '../../store/chatMessages.ts';
import { chatRoom } from '../support/chatLogs.ts';
import { useDatabase } from '../support/database.ts';
import { handling } from '../support/eventHandling.ts';
import { recordingEvent, stateEvent } from '../support/ivsEvents.ts';
import { recordRequests } from '../support/requests.ts';
import { channel, putRows, stream } from '../support/rows.ts';

const database = useDatabase();
const cursors = cursorCodec(async () => 'a secret of the tests, long enough');
const startedAt = '2026-01-15T10:00:00.000Z';
/** The given number of seconds after the start of the stream. */
const at = (seconds: number) => new Date(Date.parse(startedAt) + seconds * 1000).toISOString();

let owners = 0;

/**
 * A channel with one stream of 100 seconds, unless `session` says otherwise, and a message at each of
 * `seconds`.
 */
async function replayOf(session: Partial<Stream>, seconds: readonly number[]) {
  const username = `owner${++owners}`;
  const room = chatRoom(`room${owners}`);
  const owner = channel({ username, chatRoomArn: room.arn });
  const row = stream(owner, { startedAt, endedAt: at(100), ...session });
  await putRows(database(), 'chatRooms', [room]);
  await putRows(database(), 'channels', [owner]);
  await putRows(database(), 'streams', [row]);
  const entries = seconds.map((second): ArchiveEntry => {
    const sender = { userId: 'user-1', username: 'ann' };
    return { kind: 'message', messageId: `m${second}`, sentAt: at(second), content: 'hi', sender };
  });
  await archive(database(), room.id, entries, at(200));
  const dependencies = { database: database(), cursors, clock: () => new Date(at(300)) };
  const page = (request: Partial<ReplayRequest> = {}, streamId = row.id) =>
    listChatReplay(dependencies, { username, streamId }, { limit: 50, ...request });
  return {
    owner,
    row,
    room,
    page,
    /** The offsets of a page, in seconds. */
    offsets: async (request: Partial<ReplayRequest> = {}) =>
      (await page(request)).items.map(({ offsetMs }) => offsetMs / 1000),
  };
}

describe('offsets of the replay', () => {
  test('count from the start of the stream if it was not recorded', async () => {
    const { offsets } = await replayOf({}, [-1, 0, 5, 99.999, 100]);
    expect(await offsets()).toEqual([0, 5, 99.999]);
  });

  test('count from the start of the recording, and are negative before it', async () => {
    const recorded = { recordingStartedAt: at(4), recordingStatus: 'ended' as const, recordingPath: 'p' };
    const { offsets } = await replayOf(recorded, [0, 3.5, 4, 10]);
    expect(await offsets()).toEqual([-4, -0.5, 0, 6]);
    expect(await offsets({ fromMs: 0 })).toEqual([0, 6]);
    expect(await offsets({ fromMs: 6_000 })).toEqual([6]);
    expect(await offsets({ fromMs: 6_001 })).toEqual([]);
    expect(await offsets({ fromMs: 999_999_999 })).toEqual([]);
  });

  test("start with the recording that includes an earlier stream, and include that stream's messages", async () => {
    const { owner, offsets } = await replayOf(
      { recordingStartedAt: at(-60), recordingEndedAt: at(130) },
      [-63, -61, -60, -10, 0, 50],
    );
    const earlier = { recordingStreamId: `st-${owner.id}`, startedAt: at(-62), endedAt: at(0) };
    await putRows(database(), 'streams', [stream(owner, { id: 'st-earlier', ...earlier })]);
    expect(await offsets()).toEqual([-1, 0, 50, 60, 110]);
  });

  test("count from the stream's own start if its recording is part of another stream's", async () => {
    const merged = { recordingStreamId: 'st-other', recordingStartedAt: at(4) };
    const { offsets } = await replayOf(merged, [-1, 0, 10]);
    expect(await offsets()).toEqual([0, 10]);
  });
});

/** In seconds: when a session is created, when its recording starts, and when it ends. */
type Part = readonly [createdAt: number, recordedAt: number, endedAt: number];

/**
 * A channel with several sessions in one recording, as the events of IVS report it, and a message at each of
 * `seconds`. `carrier` is the session whose Recording End reports the recording, by default the last one.
 */
async function mergedRecording(
  parts: readonly Part[],
  seconds: readonly number[],
  carrier = parts.length - 1,
) {
  const { owner, page } = await replayOf({ id: 'st-none', startedAt: undefined }, seconds);
  const { handle } = handling(database());
  const ids = parts.map((_, n) => `st-${owner.id}-${n}`);
  const tell = (name: string, n: number, second: number, more: object = {}) => {
    const overrides = { id: `${name}-${n}-${owner.id}`, resources: [owner.arn] };
    const id = ids[n] ?? '';
    return name.startsWith('Recording')
      ? handle(recordingEvent(name, id, at(second), more, overrides))
      : handle(stateEvent(name, id, at(second), overrides));
  };
  for (const [n, [created, recorded, ended]] of parts.entries()) {
    await tell('Session Created', n, created);
    await tell('Recording Start', n, recorded);
    await tell('Session Ended', n, ended);
  }
  const durationMs = parts.reduce((sum, [, recorded, ended]) => sum + (ended - recorded) * 1000, 0);
  const last = Math.max(...parts.map(([, , ended]) => ended));
  await tell('Recording End', carrier, last + 30, { streamIds: ids, durationMs });
  const offsets = async (request: Partial<ReplayRequest> = {}, n = carrier) =>
    (await page(request, ids[n])).items.map(({ message, offsetMs }) => [message.messageId, offsetMs / 1000]);
  return { owner, ids, page, offsets, durationMs };
}

describe('offsets of a recording that continues after reconnects', () => {
  // The recording has 20 seconds of the first session, 15 of the second and 30 of the third.
  const parts: Part[] = [
    [0, 2, 22],
    [40, 43, 58],
    [80, 80, 110],
  ];
  const seconds = [0, 2, 12, 21, 22, 30, 41, 43, 50, 57, 58, 70, 80, 81, 109, 110, 120];
  const shown: [string, number][] = [
    ['m0', -2],
    ['m2', 0],
    ['m12', 10],
    ['m21', 19],
    // Sent in the first interruption, so shown at the cut.
    ['m22', 20],
    ['m30', 20],
    ['m41', 20],
    ['m43', 20],
    ['m50', 27],
    ['m57', 34],
    ['m58', 35],
    ['m70', 35],
    ['m80', 35],
    ['m81', 36],
    ['m109', 64],
  ];

  test('leave out both interruptions, as the recording does', async () => {
    const { offsets, durationMs } = await mergedRecording(parts, seconds);
    expect(await offsets()).toEqual(shown);
    expect(durationMs).toBe(65_000);
  });

  test.each([0, 1])('are the same when session %d of three carries the recording', async carrier => {
    const { offsets } = await mergedRecording(parts, seconds, carrier);
    expect(await offsets()).toEqual(shown);
  });

  test('select the first message of a page, including at a cut those sent in the interruption', async () => {
    const { offsets } = await mergedRecording(parts, seconds);
    for (const from of [0, 0.001, 10, 19, 19.001, 20, 20.001, 27, 34.999, 35, 35.001, 36, 64, 65])
      expect(await offsets({ fromMs: from * 1000 })).toEqual(shown.filter(([, offset]) => offset >= from));
  });

  test('are the same in several pages as in one', async () => {
    const { page, ids } = await mergedRecording(parts, seconds);
    const seen: [string, number][] = [];
    for (let cursor: string | undefined; ; ) {
      const { items, nextCursor } = await page({ limit: 4, fromMs: 12_000, cursor }, ids[2]);
      seen.push(
        ...items.map(({ message, offsetMs }): [string, number] => [message.messageId, offsetMs / 1000]),
      );
      if (nextCursor === null) break;
      cursor = nextCursor;
    }
    expect(seen).toEqual(shown.filter(([, offset]) => offset >= 12));
  });

  test("count from a session's own start when the session is replayed that is part of the recording", async () => {
    const { offsets } = await mergedRecording(parts, seconds);
    expect(await offsets({}, 1)).toEqual([
      ['m41', 1],
      ['m43', 3],
      ['m50', 10],
      ['m57', 17],
    ]);
  });

  test('have no cut when the next session was created as the one before ended', async () => {
    const { offsets } = await mergedRecording(
      [
        [0, 0, 20],
        [20, 20, 40],
      ],
      [10, 20, 39],
    );
    expect(await offsets()).toEqual([
      ['m10', 10],
      ['m20', 20],
      ['m39', 39],
    ]);
  });

  test('are found in a recording of very many sessions', async () => {
    // Twenty sessions of two seconds each, one second apart.
    const many = Array.from({ length: 20 }, (_, n): Part => [n * 3, n * 3, n * 3 + 2]);
    const { offsets } = await mergedRecording(many, [0, 1, 29, 30, 58]);
    expect(await offsets()).toEqual([
      ['m0', 0],
      ['m1', 1],
      // Sent in the interruption after the tenth session.
      ['m29', 20],
      ['m30', 20],
      ['m58', 39],
    ]);
  });
});

describe('the replay', () => {
  test('of an open stream goes until now', async () => {
    const { offsets } = await replayOf({ endedAt: undefined, isOpen: present }, [0, 299, 300, 301]);
    expect(await offsets()).toEqual([0, 299]);
  });

  test('takes four requests a page, three without messages, and five with merged streams', async () => {
    const { page } = await replayOf({}, [0, 1, 2]);
    const silent = await replayOf({}, []);
    const recording = { recordingStartedAt: at(1), recordingEndedAt: at(130), recordingDurationMs: 99_000 };
    const recorded = await replayOf(recording, [0]);
    const merged = await replayOf({ ...recording, recordingStartedAt: at(-20) }, [0]);
    const requests = recordRequests(database().client);
    await page();
    expect(requests()).toEqual(['Query', 'GetItem', 'Query', 'BatchGetItem']);
    await silent.page();
    expect(requests()).toEqual(['Query', 'GetItem', 'Query']);
    await recorded.page();
    expect(requests()).toEqual(['Query', 'GetItem', 'Query', 'BatchGetItem']);
    await merged.page();
    expect(requests()).toEqual(['Query', 'GetItem', 'Query', 'Query', 'BatchGetItem']);
  });

  test('continues page by page to the end, from any first offset', async () => {
    const { page } = await replayOf({}, [0, 1, 2, 3, 4, 5, 6]);
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const { items, nextCursor } = await page({ limit: 2, fromMs: 2_000, cursor });
      seen.push(...items.map(({ offsetMs }) => offsetMs));
      cursor = nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual([2_000, 3_000, 4_000, 5_000, 6_000]);
    const first = await page({ limit: 2, fromMs: 4_000 });
    const second = await page({ limit: 2, cursor: first.nextCursor ?? '' });
    expect(second.items.map(({ offsetMs }) => offsetMs)).toEqual([6_000]);
    // With a cursor, the offset in the request is ignored.
    const start = await page({ limit: 2 });
    const later = await page({ limit: 2, cursor: start.nextCursor ?? '', fromMs: 6_000 });
    expect(later.items.map(({ offsetMs }) => offsetMs)).toEqual([2_000, 3_000]);
  });

  test('refuses the cursor of another stream', async () => {
    const { page, owner } = await replayOf({}, [0, 1]);
    await putRows(database(), 'streams', [stream(owner, { id: 'st-2' })]);
    const { nextCursor } = await page({ limit: 1 });
    await expect(page({ cursor: nextCursor ?? '' }, 'st-2')).rejects.toThrow(InvalidCursorError);
  });

  test('marks a deleted message in its place', async () => {
    const { page, room } = await replayOf({}, [1, 2, 3]);
    const deletion = { kind: 'deletion', messageId: 'm2', deletedAt: at(400) } as const;
    await archive(database(), room.id, [deletion], at(400));
    const { items } = await page();
    expect(items.map(({ message, isDeleted }) => [message.messageId, isDeleted])).toEqual([
      ['m1', false],
      ['m2', true],
      ['m3', false],
    ]);
  });

  test('and analytics assign the messages of a minute that two streams share', async () => {
    const eight = Array.from({ length: 8 }, (_, n) => 30 + n);
    const { owner, row, page } = await replayOf({ endedAt: at(40) }, [...eight, 40, 41, 45, 50]);
    const next = stream(owner, { id: 'st-next', startedAt: at(45), endedAt: at(130) });
    await putRows(database(), 'streams', [next]);
    const counted = async (streamId: string) => {
      const request = { username: owner.username, streamId, from: undefined, to: undefined };
      const readIngest = async () => undefined;
      const dependencies = { database: database(), readIngest, clock: () => new Date(at(300)) };
      const { minutes } = await readAnalytics(dependencies, { channelId: owner.id }, request);
      return minutes.map(({ minute, chatMessages }) => [minute, chatMessages]);
    };
    expect(await counted(row.id)).toEqual([[at(0), 8]]);
    expect((await page({}, row.id)).items).toHaveLength(8);
    expect(await counted(next.id)).toEqual([
      [at(0), 2],
      [at(60), 0],
      [at(120), 0],
    ]);
    expect((await page({}, next.id)).items).toHaveLength(2);
  });

  test('is empty if the channel has no chat room', async () => {
    const owner = channel({ username: 'roomless' });
    await putRows(database(), 'channels', [owner]);
    await putRows(database(), 'streams', [stream(owner)]);
    const place = { username: 'roomless', streamId: stream(owner).id };
    const dependencies = { database: database(), cursors, clock: () => new Date(at(300)) };
    expect(await listChatReplay(dependencies, place, { limit: 5 })).toEqual({ items: [], nextCursor: null });
  });

  test('needs an existing channel and a stream that has started', async () => {
    const { page } = await replayOf({ startedAt: undefined, endedAt: undefined }, []);
    await expect(page()).rejects.toThrow(new NotFoundError('stream'));
    await expect(page({}, 'st-none')).rejects.toThrow(new NotFoundError('stream'));
  });

  test('changes with a Session Created and a Session Ended that arrive after the chat', async () => {
    const { owner, offsets, page, row } = await replayOf(
      { id: 'st-before', evidence: { sessionCreatedAt: startedAt, sessionEndedAt: at(100) } },
      [150, 170, 190, 210],
    );
    expect(await offsets()).toEqual([]);
    const { handle } = handling(database());
    const tell = (name: string, seconds: number) =>
      handle(stateEvent(name, 'st-late', at(seconds), { id: `${name}-${owner.id}`, resources: [owner.arn] }));
    const offsetsOfLate = async () =>
      (await page({}, 'st-late')).items.map(({ message }) => message.messageId);
    await tell('Stream Start', 180);
    expect(await offsetsOfLate()).toEqual(['m190', 'm210']);
    await tell('Session Created', 160);
    expect(await offsetsOfLate()).toEqual(['m170', 'm190', 'm210']);
    await tell('Session Ended', 200);
    expect(await offsetsOfLate()).toEqual(['m170', 'm190']);
    // Messages that were sent between the two streams belong to neither.
    expect((await page({}, row.id)).items).toEqual([]);
  });
});
