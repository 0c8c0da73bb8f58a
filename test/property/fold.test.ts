import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Channel } from '../../model/channel.ts';
import { parseIvsEvent, type SessionEvent } from '../../model/ivsEvent.ts';
import { withoutShard } from '../../model/row.ts';
import type { Stream } from '../../model/stream.ts';
import { compareStarts } from '../../store/streams.ts';
import {
  type Neighbors,
  neighborsToRead,
  previewChange,
  restoreInvariants,
} from '../../streamEventsApi/channelSessions.ts';
import { foldEvidence, isLifecycleChange, sessionsOf, withChannelTitle } from '../../streamEventsApi/fold.ts';
import { startOf } from '../../streamEventsApi/session.ts';
import { emptyChannel, stateOf } from '../support/channelState.ts';
import { deliveries, findings, history } from '../support/histories.ts';
import {
  CHANNEL_ARN,
  CHANNEL_ID,
  type Envelope,
  type Recording,
  recordingEvent,
  second,
} from '../support/ivsEvents.ts';
import { impossibilities, type OracleFinding, oracle } from '../support/oracle.ts';

const now = '2026-02-01T00:00:00.000Z';

/** The rows of a channel in memory. `restoreInvariants` gets only the rows that `neighborsToRead` requests. */
class Rows {
  channel: Channel = emptyChannel();
  readonly streams = new Map<string, Stream>();

  fold(event: SessionEvent): void {
    const rows = new Map(
      sessionsOf(event, this.streams).flatMap(id => {
        const row = this.streams.get(id);
        return row === undefined ? [] : [[id, row] as const];
      }),
    );
    const [own, ...others] = foldEvidence(this.channel, rows, event, now);
    if (own === undefined) throw new Error('nothing was folded');
    const before = rows.get(own.id);
    if (!isLifecycleChange(before, own)) {
      for (const session of [own, ...others]) this.streams.set(session.id, session);
      const preview = previewChange(this.channel, [own, ...others]);
      if (preview === 'conflict') throw new Error('rows of one read conflict');
      if (preview !== 'unchanged') this.channel = { ...this.channel, ...preview };
      return;
    }
    const after = withChannelTitle(this.channel, before, own);
    const restored = restoreInvariants(this.channel, after, others, this.near(before, after));
    for (const session of restored.sessions) this.streams.set(session.id, session);
    this.channel = Object.assign({}, this.channel, restored.channel);
  }

  private near(before: Stream | undefined, after: Stream): Neighbors {
    const newest = this.streams.get(this.channel.newestStreamId ?? '');
    const wanted = neighborsToRead(this.channel, before, after);
    if (wanted === 'none') return {};
    if (wanted === 'newest') return { beforeNew: newest };
    const others = [...this.streams.values()]
      .filter(stream => stream.id !== after.id && stream.startedAt !== undefined)
      .map(stream => ({ stream, startedAt: stream.startedAt ?? '', id: stream.id }))
      .sort(compareStarts);
    const next = (startedAt: string | undefined) =>
      startedAt === undefined
        ? {}
        : {
            before: others.filter(other => compareStarts(other, { startedAt, id: after.id }) < 0).at(-1)
              ?.stream,
            after: others.find(other => compareStarts(other, { startedAt, id: after.id }) > 0)?.stream,
          };
    const was = next(before?.startedAt);
    const is = next(startOf(after.evidence));
    return { beforeOld: was.before, afterOld: was.after, beforeNew: is.before, afterNew: is.after };
  }

  open(): string[] {
    return [...this.streams.values()].filter(stream => stream.isOpen !== undefined).map(stream => stream.id);
  }
}

function sessionEvent(envelope: Envelope): SessionEvent {
  const event = parseIvsEvent(envelope);
  if (!('streamId' in event)) throw new Error('not an event of a session');
  return event;
}

function findingEvent({ at, ...found }: OracleFinding): SessionEvent {
  const channel = { arn: CHANNEL_ARN, region: 'us-west-2', account: '123456789012', id: CHANNEL_ID };
  const told = { id: 'f', name: 'Reconciled', detailType: 'IVS Stream State Change', detail: {} } as const;
  return { kind: 'finding', time: at, channel, ...told, ...found };
}

const runs = Number(process.env['FOLD_RUNS'] ?? 1_000);

describe('the fold', () => {
  test('gives the state of the set of events, in whatever order and however often they are delivered', () => {
    fc.assert(
      fc.property(
        history.chain(events => fc.tuple(fc.constant(events), deliveries(events))),
        ([events, delivered]) => {
          const rows = new Rows();
          for (const event of delivered) rows.fold(sessionEvent(event));
          expect(stateOf(rows.channel, rows.streams.values())).toEqual(oracle(events));
        },
      ),
      { numRuns: runs },
    );
  });

  test('agrees with the events so far after each of them, and never reaches an impossible state', () => {
    fc.assert(
      fc.property(history.chain(deliveries), delivered => {
        const rows = new Rows();
        delivered.forEach((event, index) => {
          rows.fold(sessionEvent(event));
          expect(rows.open()).toEqual(
            rows.channel.openStreamId === undefined ? [] : [rows.channel.openStreamId],
          );
          const state = stateOf(rows.channel, rows.streams.values());
          expect(state).toEqual(oracle(delivered.slice(0, index + 1)));
          expect(impossibilities(state)).toEqual([]);
        });
      }),
      { numRuns: Math.ceil(runs / 3) },
    );
  });

  test('does the same with results of the reconciler among the events, in any order', () => {
    fc.assert(
      fc.property(
        history,
        findings,
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        (events, found, order) => {
          const rows = new Rows();
          const all = [...events.map(sessionEvent), ...found.map(findingEvent)]
            .map(event => ({ event, place: order.next().value ?? 0 }))
            .sort((a, b) => a.place - b.place);
          for (const { event } of all) rows.fold(event);
          const state = stateOf(rows.channel, rows.streams.values());
          expect(state).toEqual(oracle(events, found));
          expect(impossibilities(state)).toEqual([]);
        },
      ),
      { numRuns: runs },
    );
  });

  test.each<[string, Recording, Recording]>([
    ['lasted longer', { durationMs: 2_000, path: 'a' }, { durationMs: 1_000, path: 'b' }],
    ['has the greater path, if both lasted equally long', { path: 'b' }, { path: 'a' }],
  ])('prefers, of two Recording Ends of one instant, the one that %s, in either order', (_, taken, other) => {
    const ends = [taken, other].map(recording =>
      recordingEvent('Recording End', 'st-a', second(9), recording),
    );
    for (const order of [ends, ends.toReversed()]) {
      const rows = new Rows();
      for (const event of order) rows.fold(sessionEvent(event));
      expect(rows.streams.get('st-a')).toMatchObject({ recordingPath: taken.path });
    }
  });

  test('lists a channel in the directory exactly while it is live, at the start of its open session', () => {
    fc.assert(
      fc.property(history.chain(deliveries), delivered => {
        const rows = new Rows();
        rows.channel = emptyChannel({ categoryId: 'music' });
        for (const event of delivered) rows.fold(sessionEvent(event));
        const { channel } = rows;
        const open = rows.streams.get(channel.openStreamId ?? '');
        expect(channel.live !== undefined).toBe(channel.isLive);
        expect(channel.liveStartedAt).toBe(channel.isLive ? open?.startedAt : undefined);
        expect(withoutShard(channel.liveCategoryId ?? '')).toBe(channel.isLive ? 'music' : '');
      }),
      { numRuns: Math.ceil(runs / 10) },
    );
  });
});
