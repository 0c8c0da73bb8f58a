import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareStarts, neighbor, type Start } from '../../store/streams.ts';
import { useDatabase } from '../support/database.ts';
import { channel, putRows, stream } from '../support/rows.ts';

const instants = ['2026-01-15T10:00:00.000Z', '2026-01-15T10:00:01.000Z', '2026-01-15T10:00:02.000Z'];
const place = fc.record({
  startedAt: fc.constantFrom(...instants),
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
});
const sessions = fc.uniqueArray(place, { selector: session => session.id, maxLength: 6 });

describe("the neighbors of a position in a channel's order of sessions", () => {
  const database = useDatabase();
  let channels = 0;
  const owner = () => channel({ username: `owner${++channels}` });

  test('are the next ones before and after it by start and then by id, also among sessions of one instant', async () => {
    await fc.assert(
      fc.asyncProperty(sessions, place, fc.constantFrom('a', 'z'), async (all, at, without) => {
        const channelRow = owner();
        await putRows(
          database(),
          'streams',
          all.map(session => stream(channelRow, session)),
        );
        const others = all.filter(session => session.id !== without).sort(compareStarts);
        const [before, after] = await Promise.all(
          (['before', 'after'] as const).map(side => neighbor(database(), channelRow.id, side, at, without)),
        );
        expect(before?.id).toBe(others.filter(other => compareStarts(other, at) < 0).at(-1)?.id);
        expect(after?.id).toBe(others.find(other => compareStarts(other, at) > 0)?.id);
      }),
      { numRuns: 150 },
    );
  });

  describe('when more sessions share an instant than fit on one page', () => {
    const ids = Array.from({ length: 30 }, (_, n) => `s${String(n).padStart(2, '0')}`);
    const at: Start = { startedAt: instants[1] ?? '', id: 's15' };
    const channelRow = channel({ username: 'crowded' });
    beforeAll(() =>
      putRows(
        database(),
        'streams',
        ids.map(id => stream(channelRow, { id, startedAt: at.startedAt })),
      ),
    );

    test.each([
      ['before', 's14'],
      ['after', 's16'],
    ] as const)('the one %s is found', async (side, id) => {
      expect((await neighbor(database(), channelRow.id, side, at, at.id))?.id).toBe(id);
    });
  });
});
