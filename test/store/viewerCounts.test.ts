import { GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { audienceForJoins, audienceReader } from '../../domain/viewers/audience.ts';
import { additionsOf } from '../../domain/viewers/samples.ts';
import { addMs, type Timestamp } from '../../model/time.ts';
import { minuteOf, viewerKinds, viewerMinuteRow } from '../../model/viewerMinute.ts';
import { documentClient } from '../../store/database.ts';
import { type Count, type CountViewer, viewerCounter } from '../../store/viewerCounts.ts';
import { movableClock } from '../support/accounts.ts';
import { localCredentials, useDatabase } from '../support/database.ts';
import { type FaultChances, injectFaults } from '../support/faults.ts';
import { recordRequests } from '../support/requests.ts';
import { channel, live, putRows, stream } from '../support/rows.ts';
import { rememberedCounts } from '../support/viewerCounts.ts';
import { sampleDependencies, type Watcher, watch } from '../support/watchers.ts';

const database = useDatabase();
const time = '2026-01-15T10:00:30.000Z';
const minute = minuteOf(time);

let streams = 0;
/** A viewer of a stream to be counted, for `weight` viewers. */
function viewer(name: string, { streamId = `st-${++streams}`, weight = 1 } = {}): Count {
  const sample = {
    viewer: `${streamId}#${name}`,
    minute,
    networkHash: 'hash',
    weight,
    expiresAt: 1_800_000_000,
    createdAt: time,
    updatedAt: time,
  };
  return { streamId, minute, sample, added: additionsOf({}, weight), mark: {} };
}

async function rowOf(streamId: string, id: Timestamp = minute) {
  const { client, names } = database();
  const { Item } = await client.send(new GetCommand({ TableName: names.metrics, Key: { streamId, id } }));
  return Item === undefined ? undefined : viewerMinuteRow.parse(Item);
}

describe.each([
  ['the tables', (): CountViewer => viewerCounter(database())],
  ['the memory, as in tests', (): CountViewer => rememberedCounts().countViewer],
])('counting in %s', (_, make) => {
  test('adds viewers by their weight, each once a minute', async () => {
    const countViewer = make();
    const [ann, bob] = [viewer('ann', { streamId: 'st-a' }), viewer('bob', { streamId: 'st-a', weight: 3 })];
    expect(await countViewer(ann)).toMatchObject({ viewers: 1 });
    expect(await countViewer({ ...bob, added: { ...bob.added, views: 3 } })).toEqual({
      viewers: 4,
      views: 3,
    });
    expect(await countViewer(ann)).toBe('before');
    const later = addMs(minute, 60_000);
    const annLater = { ...ann, minute: later, sample: { ...ann.sample, minute: later } };
    expect(await countViewer(annLater)).toMatchObject({ viewers: 1 });
  });

  test('counts one of many concurrent samples of a viewer', async () => {
    const countViewer = make();
    const one = viewer('ann', { streamId: 'st-b' });
    const counted = await Promise.all(Array.from({ length: 8 }, () => countViewer(one)));
    expect(counted.filter(result => typeof result === 'object' && result.viewers === 1)).toHaveLength(1);
    expect(counted.filter(result => result === 'before')).toHaveLength(7);
  });
});

describe('the row of a minute', () => {
  test('has sums and kinds, by the weight of each viewer', async () => {
    const one = viewer('ann', { weight: 2 });
    const { streamId } = one;
    const countViewer = viewerCounter(database());
    await countViewer({
      ...one,
      added: additionsOf({ latencyMs: 3_000, bitrate: 2_000_000, quality: '720p', device: 'mobile' }, 2),
    });
    const bob = viewer('bob', { streamId });
    await countViewer({
      ...bob,
      added: additionsOf({ latencyMs: 1_000, framerate: 60, quality: '480p' }, 1),
    });
    expect(await rowOf(streamId)).toEqual({
      streamId,
      id: minute,
      viewers: 3,
      latencyMsSum: 7_000,
      bufferMsSum: 0,
      bufferMsUnknown: 3,
      bitrateSum: 4_000_000,
      bitrateUnknown: 1,
      framerateSum: 60,
      framerateUnknown: 2,
      'quality:720p': 2,
      'quality:480p': 1,
      'device:mobile': 2,
      createdAt: time,
      updatedAt: time,
    });
  });

  test('has the seed mark of its stream, so that deleteSeed finds it', async () => {
    const one = viewer('ann');
    const mark = { seedShard: '3', seedRun: 'set#run' };
    await viewerCounter(database())({ ...one, mark });
    expect(await rowOf(one.streamId)).toMatchObject(mark);
  });

  test('stays below 1 KB, the size of one write unit, with every kind and a million viewers', () => {
    const kinds = Object.entries(viewerKinds).flatMap(([dimension, all]) =>
      all.map(kind => [`${dimension}:${kind}`, 1_000_000] as const),
    );
    const measured = Object.keys(additionsOf({}, 1))
      .concat(Object.keys(additionsOf({ latencyMs: 1, bufferMs: 1, bitrate: 1, framerate: 1 }, 1)))
      .map(name => [name, 8_640_000_000_000] as const);
    const texts = {
      streamId: 'st-1A2b3C4d5E6f7G8h9I0j1K2',
      id: minute,
      createdAt: time,
      updatedAt: time,
      seedShard: '12',
      seedRun: `${'s'.repeat(36)}#${'r'.repeat(36)}`,
    };
    // A number takes one byte per two digits and one more. A name or a string takes its length.
    const numbers: Record<string, number> = Object.fromEntries([...measured, ...kinds]);
    const size =
      Object.entries(numbers).reduce(
        (sum, [name, n]) => sum + name.length + Math.ceil(String(n).length / 2) + 1,
        0,
      ) + Object.entries(texts).reduce((sum, [name, text]) => sum + name.length + text.length, 0);
    expect(size).toBeLessThan(1024);
  });
});

/** A client of the same tables whose requests named `commands` meet a fault. */
function failing(commands: readonly string[], chances: FaultChances) {
  const client = documentClient({
    ...localCredentials,
    endpoint: database().engine.endpoint,
    maxAttempts: 3,
  });
  let command = '';
  client.middlewareStack.add(
    (next, context) => args => {
      command = String(context['commandName']);
      return next(args);
    },
    { step: 'initialize', name: 'whichCommand', priority: 'high' },
  );
  const faults = injectFaults(client, chances, () => (commands.includes(command) ? 0 : 1));
  return { countViewer: viewerCounter({ client, names: database().names }), faults };
}

describe('a count that fails', () => {
  const countViewer: CountViewer = count => viewerCounter(database())(count);

  test('between its two writes is undone, and the next attempt counts once', async () => {
    const one = viewer('ann');
    const { countViewer: countBadly, faults } = failing(['UpdateItemCommand'], { killBefore: 1 });
    await expect(countBadly(one)).rejects.toThrow('before');
    expect(faults.injected.killBefore).toBe(1);
    expect(await rowOf(one.streamId)).toBeUndefined();
    expect(await countViewer(one)).toMatchObject({ viewers: 1 });
    expect(await countViewer(one)).toBe('before');
  });

  test('and cannot be undone reports the first failure, and leaves one viewer out of one minute', async () => {
    const one = viewer('ann');
    const all = ['UpdateItemCommand', 'DeleteItemCommand'];
    const { countViewer: countBadly, faults } = failing(all, { killBefore: 1 });
    await expect(countBadly(one)).rejects.toThrow('before');
    expect(faults.injected.killBefore).toBe(2);
    // The state that a process leaves if it ends between the two writes.
    expect(await countViewer(one)).toBe('before');
    expect(await rowOf(one.streamId)).toBeUndefined();
  });

  test('because of too many writers of the row says so, and the viewer is counted later', async () => {
    const one = viewer('ann');
    const { countViewer: countBadly, faults } = failing(['UpdateItemCommand'], { throttle: 1 });
    expect(await countBadly(one)).toBe('throttled');
    expect(faults.injected.throttle).toBe(3);
    expect(await countViewer(one)).toMatchObject({ viewers: 1 });
  });
});

test('the counts in the tables equal those in memory: two writes per viewer and minute, no read, and none after the end', async () => {
  const { clock, forward } = movableClock();
  const from = clock().toISOString();
  const on = live(channel({ username: 'zoe' }), { id: 'st-zoe', startedAt: from });
  await putRows(database(), 'channels', [on.channel]);
  await putRows(database(), 'streams', [on.stream]);
  const audience = audienceReader(database(), clock);
  const counter = viewerCounter(database());
  const joins = audienceForJoins(audience, clock);
  const dependencies = sampleDependencies({ countViewer: counter, audience: joins, clock });
  const watchers = Array.from({ length: 40 }, (_, n): Watcher => {
    const joinsAt = n % 2 === 0 ? 5 : 70;
    return { joinsAt, leavesAt: n % 4 === 0 ? 65 : 300, clockRate: 1, repeats: false };
  });
  const sent = recordRequests(database().client);
  const place = { username: 'zoe', streamId: 'st-zoe' };
  const samples = await watch(dependencies, place, watchers, { seconds: 120, tick: () => forward(1) });
  const requests = sent();
  database().client.middlewareStack.remove('recordRequests');
  const truth = [0, 1].map(
    n => watchers.filter(one => one.joinsAt < (n + 1) * 60 && one.leavesAt > n * 60 + 30).length,
  );
  const counted = await Promise.all(truth.map((_, n) => rowOf('st-zoe', addMs(from, n * 60_000))));
  expect(counted.map(row => row?.viewers)).toEqual([20, expect.any(Number)]);
  expect(counted[1]?.viewers).toBeGreaterThanOrEqual(truth[1] ?? 0);
  const viewerMinutes = counted.reduce((sum, row) => sum + (row?.viewers ?? 0), 0);
  const of = (name: string) => requests.filter(request => request === name).length;
  // Two concurrent joins read each row once: the channel by its name, and the stream with its minutes.
  expect([of('PutItem'), of('UpdateItem')]).toEqual([viewerMinutes, viewerMinutes]);
  expect([of('Query'), of('BatchGetItem')]).toEqual([2, 2]);
  expect(requests).toHaveLength(2 * viewerMinutes + 4);
  console.log(`${samples} samples of ${watchers.length} viewers: ${requests.length} requests`);

  expect((await audience('zoe', 'st-zoe')).viewers).toBe(counted[1]?.viewers);
  await putRows(database(), 'streams', [
    stream(on.channel, { id: 'st-zoe', startedAt: from, endedAt: clock().toISOString() }),
  ]);
  expect((await audience('zoe', 'st-zoe')).viewers).toBe(0);
  const { client, names } = database();
  const kept = await client.send(new ScanCommand({ TableName: names.viewerSamples }));
  expect(JSON.stringify(kept.Items)).not.toContain('203.0.113.7');
});
