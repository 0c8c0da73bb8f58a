import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { components } from '../../client/index.ts';
import { neededFor, type Replay, replayAt, shownAt, withPage } from '../../web/chat/replay.ts';

type Message = components['schemas']['ChatMessage'];

const MINUTE = 60_000;
const message = (offsetMs: number, index: number): Message => ({
  id: `m${index}`,
  sentAt: new Date(offsetMs).toISOString(),
  offsetMs,
  isDeleted: false,
  content: `at ${offsetMs}`,
  attributes: {},
  sender: { userId: 'u1', username: 'ann', displayName: null, color: null, avatarUrl: null },
});

/** Answers as the API does: a page of messages from an offset or a cursor on. */
function read(archive: readonly Message[], { fromMs, cursor }: Replay, limit: number) {
  const start =
    typeof cursor === 'string' ? Number(cursor) : archive.findIndex(({ offsetMs }) => offsetMs >= fromMs);
  const from = start === -1 ? archive.length : start;
  const end = from + limit;
  return { items: archive.slice(from, end), nextCursor: end < archive.length ? `${end}` : null };
}

/** Reads what a position needs, as the page does. */
function settle(archive: readonly Message[], replay: Replay, positionMs: number, limit: number): Replay {
  const needed = neededFor(replay, positionMs);
  if (needed === undefined) return replay;
  const next = needed === 'part' ? replayAt(positionMs) : withPage(replay, read(archive, replay, limit));
  return settle(archive, next, positionMs, limit);
}

describe('the chat replay', () => {
  test('shows the same messages at a position, whatever was watched before', () => {
    const offsets = fc.array(fc.integer({ min: 0, max: 90 * MINUTE }), { maxLength: 150 });
    const positions = fc.array(fc.integer({ min: 0, max: 95 * MINUTE }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(offsets, positions, fc.integer({ min: 1, max: 100 }), (at, seeks, limit) => {
        const archive = at.sort((a, b) => a - b).map(message);
        let replay = replayAt(0);
        for (const position of seeks) {
          replay = settle(archive, replay, position, limit);
          const shown = shownAt(replay, position);
          expect(shown.every(({ offsetMs }) => offsetMs <= position)).toBe(true);
          // All of the last minute is there, each message once and in order.
          const recent = archive.filter(
            ({ offsetMs }) => offsetMs <= position && offsetMs > position - MINUTE,
          );
          expect(shown.slice(shown.length - recent.length)).toEqual(recent);
        }
      }),
    );
  });

  test('asks for nothing while the video stands still', () => {
    const archive = Array.from({ length: 300 }, (_, index) => message(index * 1_000, index));
    const replay = settle(archive, replayAt(0), 5_000, 100);
    expect(neededFor(replay, 5_000)).toBeUndefined();
    expect(shownAt(replay, 5_000)).toHaveLength(6);
  });
});
