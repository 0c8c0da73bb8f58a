import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Channel } from '../../model/channel.ts';
import { parseIvsEvent } from '../../model/ivsEvent.ts';
import type { Stream } from '../../model/stream.ts';
import { compareStarts } from '../../store/streams.ts';
import { foldEvidence, isLifecycleChange, sessionsOf, titled } from '../../streamEventsApi/fold.ts';
import { type Neighbours, previewChange, reach, settle } from '../../streamEventsApi/settle.ts';
import { emptyChannel, stateOf } from '../support/channelState.ts';
import { deliveries, history } from '../support/histories.ts';
import type { Envelope } from '../support/ivsEvents.ts';
import { oracle } from '../support/oracle.ts';

const now = '2026-02-01T00:00:00.000Z';

/** The channel's rows in memory: what the store would hold, with `settle` given only what `reach` asks for. */
class Rows {
  channel: Channel = emptyChannel();
  readonly streams = new Map<string, Stream>();

  fold(envelope: Envelope): void {
    const event = parseIvsEvent(envelope);
    if (event.kind === 'stage' || event.kind === 'accountLimit') throw new Error('not an event of a session');
    const rows = new Map(
      sessionsOf(event, this.streams).flatMap(id => {
        const row = this.streams.get(id);
        return row === undefined ? [] : [[id, row] as const];
      }),
    );
    const [own, ...others] = foldEvidence(this.channel, rows, event, now);
    if (own === undefined) throw new Error('nothing was folded');
    const before = rows.get(own.id);
    for (const session of others) this.streams.set(session.id, session);
    if (!isLifecycleChange(before, own)) {
      this.streams.set(own.id, own);
      const preview = previewChange(this.channel, [own, ...others]);
      if (preview === 'torn') throw new Error('the rows are of one instant');
      if (preview !== 'unchanged') this.channel = { ...this.channel, ...preview };
      return;
    }
    const after = titled(this.channel, before, own);
    const settled = settle(this.channel, after, this.near(before, after));
    for (const session of settled.sessions) this.streams.set(session.id, session);
    this.channel = Object.assign({}, this.channel, settled.channel);
  }

  private near(before: Stream | undefined, after: Stream): Neighbours {
    const newest = this.streams.get(this.channel.newestStreamId ?? '');
    const wanted = reach(this.channel, before, after);
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
    const is = next(after.evidence.sessionCreatedAt ?? after.evidence.streamStartedAt);
    return { beforeOld: was.before, afterOld: was.after, beforeNew: is.before, afterNew: is.after };
  }

  open(): string[] {
    return [...this.streams.values()].filter(stream => stream.isOpen !== undefined).map(stream => stream.id);
  }
}

const runs = Number(process.env['FOLD_RUNS'] ?? 1_000);

describe('the fold', () => {
  test('gives the state of the set of events, whatever their order and number of deliveries', () => {
    fc.assert(
      fc.property(
        history.chain(events => fc.tuple(fc.constant(events), deliveries(events))),
        ([events, delivered]) => {
          const rows = new Rows();
          for (const event of delivered) rows.fold(event);
          expect(stateOf(rows.channel, rows.streams.values())).toEqual(oracle(events));
        },
      ),
      { numRuns: runs },
    );
  });

  test('agrees with the set of events so far after every single one, with never two sessions open', () => {
    fc.assert(
      fc.property(history.chain(deliveries), delivered => {
        const rows = new Rows();
        delivered.forEach((event, index) => {
          rows.fold(event);
          expect(rows.open().length).toBeLessThanOrEqual(1);
          expect(rows.open()[0]).toBe(rows.channel.openStreamId);
          expect(stateOf(rows.channel, rows.streams.values())).toEqual(oracle(delivered.slice(0, index + 1)));
        });
      }),
      { numRuns: Math.ceil(runs / 3) },
    );
  });

  test('puts a channel in the directory while it is live, at the start of its open session, and at no other time', () => {
    fc.assert(
      fc.property(history.chain(deliveries), delivered => {
        const rows = new Rows();
        for (const event of delivered) rows.fold(event);
        const { channel } = rows;
        const open = rows.streams.get(channel.openStreamId ?? '');
        expect(channel.live).toBe(channel.isLive ? 'true' : undefined);
        expect(channel.liveStartedAt).toBe(channel.isLive ? open?.startedAt : undefined);
      }),
      { numRuns: Math.ceil(runs / 10) },
    );
  });
});
