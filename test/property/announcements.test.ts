import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type ChannelState, type StageState, stateEvents } from '../../client/stateEvents.ts';
import type { Announcement } from '../../domain/announcements.ts';
import { IvsBusyError } from '../../ivs/errors.ts';
import { announcer, type Receiver } from '../../lambdas/announce/announcer.ts';
import type { StreamRecord } from '../../lambdas/announce/streamRecord.ts';
import type { Channel } from '../../model/channel.ts';
import { attributesOf, roomEvents } from '../../model/roomEvents.ts';
import type { AnnouncedStage } from '../../model/stage.ts';
import { textBounds } from '../../model/text.ts';
import { type PlainRow, toItem } from '../../store/attributeValue.ts';
import { channel } from '../support/rows.ts';

const tables = { channels: 'Channels', stages: 'Stages' };
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

const title = fc.oneof(
  fc.constantFrom('Guitar', 'Piano'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: textBounds.title.characters }),
);
/** What can happen to the row of a channel. */
const edit = fc.oneof(
  fc.record({ kind: fc.constant('live' as const), stream: fc.constantFrom('st-1', 'st-2') }),
  fc.record({ kind: fc.constant('offline' as const) }),
  fc.record({ kind: fc.constant('title' as const), title }),
  fc.record({ kind: fc.constant('category' as const), id: fc.constantFrom(undefined, 'music', 'chess') }),
  fc.record({ kind: fc.constant('follower' as const) }),
  fc.record({ kind: fc.constant('viewers' as const), viewers: fc.nat(3) }),
);
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

/** What the write that opens or closes a session does to the number of viewers. */
const noViewers = { viewers: undefined, viewersAt: undefined };

function edited(row: Channel, change: Edit): Channel {
  // A new follower does not change the version, and neither does a number of viewers.
  if (change.kind === 'follower') return { ...row, followerCount: row.followerCount + 1 };
  if (change.kind === 'viewers') {
    if (row.openStreamId === undefined) return row;
    const minute = row.viewersAt === undefined ? 0 : Date.parse(row.viewersAt) / 60_000 + 1;
    return { ...row, viewers: change.viewers, viewersAt: new Date(minute * 60_000).toISOString() };
  }
  const next = { ...row, version: row.version + 1, updatedAt: new Date(row.version * 1000).toISOString() };
  switch (change.kind) {
    case 'live':
      return {
        ...next,
        isLive: true,
        openStreamId: change.stream,
        liveStartedAt: next.updatedAt,
        ...(change.stream === row.openStreamId ? {} : noViewers),
      };
    case 'offline':
      return { ...next, isLive: false, openStreamId: undefined, liveStartedAt: undefined, ...noViewers };
    case 'title':
      return { ...next, title: change.title };
    case 'category':
      return { ...next, categoryId: change.id };
  }
}

/** A write of one of two channels, or of the stage, which goes live or offline or whose requests change. */
const write = fc.oneof(
  { weight: 4, arbitrary: fc.record({ row: fc.constantFrom('ann', 'bob'), edit }) },
  {
    weight: 2,
    arbitrary: fc.record({ row: fc.constant('stage'), isLive: fc.boolean(), isRequest: fc.boolean() }),
  },
);
type Write = typeof write extends fc.Arbitrary<infer T> ? T : never;

function recordsOf(writes: readonly Write[]): StreamRecord[] {
  const channels = new Map(
    [channel({ username: 'ann' }), channel({ username: 'bob' })].map(row => [row.id, row]),
  );
  let stage: AnnouncedStage = {
    id: 'stage',
    arn: 'arn:aws:ivs:us-west-2:000000000000:stage/stage',
    userId: 'user-ann',
    isLive: false,
    version: 1,
    updatedAt: '2026-01-01T00:00:00.000Z',
  };
  return writes.map((one, index) => {
    const record = (table: string, before: PlainRow, after: PlainRow) => ({
      eventSourceARN: `arn:aws:dynamodb:us-west-2:123456789012:table/${table}/stream/2026-01-01T00:00:00.000`,
      dynamodb: {
        SequenceNumber: String(index + 100),
        OldImage: toItem(before),
        NewImage: toItem(after),
      },
    });
    if ('isLive' in one) {
      const before = stage;
      const version = stage.version + 1;
      // Requests also end with the last publisher.
      const requests = one.isRequest ? { requestsVersion: version } : {};
      stage = { ...stage, isLive: one.isLive, version, ...requests };
      return record(tables.stages, before, stage);
    }
    const before = channels.get(one.row) ?? channel();
    const after = edited(before, one.edit);
    channels.set(one.row, after);
    return record(tables.channels, before, after);
  });
}

/** What happens to one call of the receiver. `killed` ends the run: Lambda gets no answer. */
const fault = fc.constantFrom(
  'none',
  'none',
  'none',
  'lost',
  'told but failed',
  'killed',
  'told, then killed',
);
type Fault = typeof fault extends fc.Arbitrary<infer T> ? T : never;

class KilledError extends Error {}

/** Passes the records to `announce` as Lambda does, in batches of changing sizes, until all are done. */
async function deliver(records: readonly StreamRecord[], faults: readonly Fault[], sizes: readonly number[]) {
  const told: Announcement[] = [];
  const perBatch: Announcement[][] = [];
  const left = [...faults];
  let killed = false;
  const receiver: Receiver = async announcement => {
    if (killed) throw new KilledError();
    const happens = left.shift() ?? 'none';
    if (happens !== 'lost' && happens !== 'killed') {
      told.push(announcement);
      perBatch.at(-1)?.push(announcement);
    }
    killed = happens === 'killed' || happens === 'told, then killed';
    if (happens !== 'none') throw new Error(happens);
  };
  const announce = announcer({ tables, receivers: [receiver], log: quiet });
  for (let done = 0, run = 0; done < records.length; run++) {
    const batch = records.slice(done, done + (sizes[run % sizes.length] ?? 1));
    perBatch.push([]);
    killed = false;
    const { batchItemFailures } = await announce({ Records: batch });
    if (killed) continue;
    const [failure] = batchItemFailures;
    const failedAt = batch.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === failure?.itemIdentifier);
    done += failedAt < 0 ? batch.length : failedAt;
  }
  return { told, perBatch };
}

const resourceOf = ({ state }: Announcement) => ('stageId' in state ? state.stageId : state.channelId);
const byResource = (told: readonly Announcement[]) =>
  new Map(told.map(resourceOf).map(id => [id, told.filter(one => resourceOf(one) === id)]));

const histories = fc.array(write, { minLength: 1, maxLength: 25 });
/** The sizes of the batches of successive runs. */
const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 });

/** Calls `check` with random histories that are told with random failures and kills. */
const inAllHistories = (check: (played: History) => void) =>
  fc.assert(
    fc.asyncProperty(histories, fc.array(fault, { maxLength: 15 }), sizes, async (writes, faults, batches) =>
      check(await play(writes, faults, batches)),
    ),
    { numRuns: 400 },
  );

interface History {
  /** What there is to tell: one announcement for each change. */
  readonly due: readonly Announcement[];
  readonly told: readonly Announcement[];
  readonly perBatch: readonly (readonly Announcement[])[];
}

async function play(
  writes: readonly Write[],
  faults: readonly Fault[],
  batches: readonly number[],
): Promise<History> {
  const records = recordsOf(writes);
  const { told: due } = await deliver(records, [], [1]);
  return { due, ...(await deliver(records, faults, batches)) };
}

/** Expects that each state is newer than the one before. */
function expectOrder(states: readonly (Announcement['state'] | ChannelState | StageState)[]): void {
  const ages = states.map(
    state => `${String(state.version).padStart(9, '0')} ${'viewersAt' in state ? state.viewersAt : ''}`,
  );
  expect(ages).toEqual([...new Set(ages)].sort());
}

/** Going live or offline, which has to be told by a name. */
const isTurn = ({ name }: Announcement) =>
  name !== 'stream:updated' && name !== 'stream:viewers' && name !== 'stage:requests';

test('announcements are told in the order of the changes of each channel and stage', () =>
  fc.assert(
    fc.asyncProperty(histories, sizes, async (writes, batches) => {
      const { told } = await play(writes, [], batches);
      for (const announcements of byResource(told).values()) {
        expectOrder(announcements.map(({ state }) => state));
      }
    }),
  ));

test('while IVS throttles numbers of viewers, they are dropped, and everything else is told as without them', () =>
  fc.assert(
    fc.asyncProperty(histories, sizes, fc.array(fc.boolean()), async (writes, batches, accepted) => {
      const answers = [...accepted];
      const told: Announcement[] = [];
      let calls = 0;
      const announce = announcer({
        tables,
        log: quiet,
        receivers: [
          async announcement => {
            calls += 1;
            if (announcement.name === 'stream:viewers' && !(answers.shift() ?? false))
              throw new IvsBusyError('throttled');
            told.push(announcement);
          },
        ],
      });
      const records = recordsOf(writes);
      const rest: Announcement[] = [];
      const without = announcer({
        tables,
        log: quiet,
        receivers: [async announcement => void rest.push(announcement)],
      });
      for (let done = 0, run = 0; done < records.length; run++) {
        const batch = records.slice(done, done + (batches[run % batches.length] ?? 1));
        done += batch.length;
        const before = [calls, told.length];
        expect(await announce({ Records: batch })).toEqual({ batchItemFailures: [] });
        // Of all numbers of a batch, one throttled call is enough.
        expect(calls - (before[0] ?? 0) - (told.length - (before[1] ?? 0))).toBeLessThanOrEqual(10);
        await without({ Records: batch });
      }
      const notNumbers = (all: readonly Announcement[]) =>
        all.filter(({ name }) => name !== 'stream:viewers');
      expect(notNumbers(told)).toEqual(notNumbers(rest));
    }),
  ));

test('numbers of viewers are told after everything else of a batch', () =>
  fc.assert(
    fc.asyncProperty(histories, async writes => {
      const { told } = await deliver(recordsOf(writes), [], [writes.length]);
      const numbers = told.map(({ name }) => name === 'stream:viewers');
      expect(numbers).toEqual(numbers.toSorted());
    }),
  ));

describe('announcements that fail and are killed at any point', () => {
  test('tell only states that were committed', () =>
    inAllHistories(({ due, told }) => {
      const committed = new Map(due.map(({ state }) => [state.id, state]));
      for (const { state } of told) expect(state).toEqual(committed.get(state.id));
    }));

  test('lose nothing: the last state of each channel and stage is told last, and every turn is told by a name', () =>
    inAllHistories(({ due, told }) => {
      const [wanted, got] = [byResource(due), byResource(told)];
      for (const [resource, announcements] of wanted)
        expect(got.get(resource)?.at(-1)?.state).toEqual(announcements.at(-1)?.state);
      for (const turn of due.filter(isTurn)) {
        const later = told.filter(
          one =>
            resourceOf(one) === resourceOf(turn) && one.state.version >= turn.state.version && isTurn(one),
        );
        expect(later).not.toEqual([]);
      }
    }));

  test('tell at most one state of a channel or stage in each batch', () =>
    inAllHistories(({ perBatch }) => {
      for (const batch of perBatch) expect(new Set(batch.map(resourceOf)).size).toBe(batch.length);
    }));

  test('leave each client with the newest state, and show it no state twice and none after a newer one', () =>
    inAllHistories(({ due, told }) => {
      const shown: (ChannelState | StageState)[] = [];
      const show = (state: ChannelState | StageState) => void shown.push(state);
      const listener = stateEvents({ onChannel: show, onStage: show });
      for (const { name, state } of told) listener({ eventName: name, attributes: attributesOf(state) });
      for (const announcements of byResource(due).values()) {
        const { id } = announcements.at(-1)?.state ?? {};
        const [resource] = (id ?? '').split(':');
        const states = shown.filter(state => state.id.startsWith(`${resource}:`));
        expect(states.at(-1)?.id).toBe(id);
        expectOrder(states);
      }
    }));

  test('fit into 1 KB and match the schema of their event', () =>
    inAllHistories(({ told }) => {
      for (const { name, state } of told) {
        const attributes = attributesOf(state);
        const { schema } = roomEvents[name];
        expect(Object.keys(schema.parse(attributes)).sort()).toEqual(Object.keys(attributes).sort());
        expect(Buffer.byteLength(JSON.stringify(attributes))).toBeLessThanOrEqual(1024);
      }
    }));
});
