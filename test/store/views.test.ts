import { TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { countPlay, shownViews } from '../../domain/viewers/views.ts';
import { documentClient } from '../../store/database.ts';
import { getStream } from '../../store/streams.ts';
import { viewsAdder } from '../../store/views.ts';
import { localCredentials, useDatabase } from '../support/database.ts';
import { handling } from '../support/eventHandling.ts';
import { stateEvent } from '../support/ivsEvents.ts';
import { recordRequests } from '../support/requests.ts';
import { channel, live, putRows, stream } from '../support/rows.ts';

const database = useDatabase();
const now = new Date('2026-01-15T10:00:30.000Z');
const recorded = { vodStartedAt: '2026-01-14T10:00:00.000Z' };

/** A client of its own, as another process has. */
function otherProcess() {
  const { endpoint } = database().engine;
  return { client: documentClient({ ...localCredentials, endpoint }), names: database().names };
}

test('the shown views never decrease, are at most 5 % away, and change seldom', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000_000 }), count => {
      expect(shownViews(count)).toBeGreaterThanOrEqual(shownViews(count - 1));
      // Half a view more, because the shown number is whole.
      expect(Math.abs(shownViews(count) - count)).toBeLessThanOrEqual(count * 0.05 + 0.5);
    }),
  );
  for (let count = 0; count <= 16; count++) expect(shownViews(count)).toBe(count);
  // The most that a counter reaches in a second, and in a minute.
  const writesUpTo = (most: number) =>
    Array.from({ length: most }, (_, n) => shownViews(n + 1) > shownViews(n)).filter(Boolean).length;
  expect([writesUpTo(1_000), writesUpTo(60_000)]).toEqual([60, 103]);
});

test('of 400 plays at once in two processes none is counted twice, and few write the row of the stream', async () => {
  const owner = channel({ username: 'hot' });
  const row = stream(owner, { id: 'st-hot', ...recorded });
  await putRows(database(), 'streams', [row]);
  const processes = [otherProcess(), otherProcess()];
  const written: number[] = [];
  const sent = processes.map(({ client }) => recordRequests(client));
  const plays = Array.from({ length: 400 }, async (_, n) => {
    const place = processes[n % 2] ?? database();
    const add = viewsAdder(place, 'recordingViews');
    const dependencies = {
      database: place,
      audience: async () => ({ channelId: owner.id, stream: row, viewers: 0 }),
      tokens: { pseudonym: async (...values: readonly string[]) => values.join(' ') },
      addViews: async (...args: Parameters<typeof add>) => {
        written.push(args[1]);
        await add(...args);
      },
      viewersPerNetwork: 3,
      clock: () => now,
      random: () => new Uint8Array([n]),
    };
    // Each network has four plays, of which three count.
    const address = `198.51.100.${Math.floor(n / 4)}`;
    const networks = { address, subnet: '198.51.100.0/24' };
    await countPlay(dependencies, { username: 'hot', streamId: 'st-hot', userId: undefined, networks });
  });
  await Promise.all(plays);
  const { recordingViews = 0, views } = (await getStream(database(), owner.id, 'st-hot')) ?? {};
  expect(views).toBeUndefined();
  expect(recordingViews).toBe(written.reduce((sum, more) => sum + more, 0));
  expect(Math.abs(recordingViews - 300)).toBeLessThanOrEqual(300 * 0.05 + 4);
  // The four counters reach 75 each.
  expect(written.length).toBeLessThanOrEqual(4 * 32);
  expect(sent.flatMap(requests => requests())).toHaveLength(400 + 300 + written.length);
});

test('views are added while events change the stream, and neither loses the other', async () => {
  const on = live(channel({ username: 'both' }), { id: 'st-both' });
  await putRows(database(), 'channels', [on.channel]);
  await putRows(database(), 'streams', [on.stream]);
  const { handle } = handling(database());
  const { client, names } = otherProcess();
  let conflicts = 2;
  client.middlewareStack.add(
    next => async args => {
      // The engine carries out one transaction after the other, so DynamoDB's refusal is injected.
      if (conflicts-- > 0)
        throw new TransactionConflictException({ $metadata: { httpStatusCode: 400 }, message: 'conflict' });
      return next(args);
    },
    { step: 'deserialize', name: 'conflict', priority: 'high' },
  );
  const addViews = viewsAdder({ client, names }, 'views');
  const place = { channelId: on.channel.id, streamId: 'st-both' };
  const event = (name: string, time: string) =>
    handle(stateEvent(name, 'st-both', time, { resources: [on.channel.arn] }));
  await Promise.all([
    ...Array.from({ length: 20 }, () => addViews(place, 1)),
    event('Starvation Start', '2026-01-15T10:00:10.000Z'),
    event('Starvation End', '2026-01-15T10:00:20.000Z'),
    event('Session Ended', '2026-01-15T10:00:30.000Z'),
  ]);
  const row = await getStream(database(), on.channel.id, 'st-both');
  expect(row).toMatchObject({ views: 20, endedAt: '2026-01-15T10:00:30.000Z' });
  expect(conflicts).toBeLessThan(0);
  // A deleted stream does not come back.
  await addViews({ ...place, streamId: 'st-deleted' }, 1);
  expect(await getStream(database(), on.channel.id, 'st-deleted')).toBeUndefined();
});
