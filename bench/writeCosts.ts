import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { archive } from '../store/chatMessages.ts';
import { viewersRecorder } from '../store/currentViewers.ts';
import type { Database } from '../store/database.ts';
import { viewerCounter } from '../store/viewerCounts.ts';
import { eventHandler } from '../streamEventsApi/handleEvent.ts';
import { emptyChannel } from '../test/support/channelState.ts';
import { live } from '../test/support/rows.ts';
import { baselineHandler, createBaselineTables } from './support/baselineEvents.ts';
import { addUnits, countUnits, priceOf, type Units, writesOf } from './support/capacity.ts';
import { benchClient, fill, withDatabase } from './support/database.ts';
import { addFigure, median, printTable } from './support/report.ts';
import { normalSession } from './support/sessions.ts';

// The DynamoDB units of stream events, viewers' samples and chat messages, as the engine reports them, and their rate.
const id = 'AbCdef1G2hij';
const arn = `arn:aws:ivs:us-west-2:123456789012:channel/${id}`;
const now = () => new Date();

type Row = (string | number)[];

async function main(): Promise<void> {
  await withDatabase(async (database, endpoint) => {
    const metered = () => {
      const client = benchClient(endpoint);
      return { client, names: database.names, units: countUnits(client) };
    };
    await measureEvents(database, metered(), metered());
    await measureWays(metered());
    await measureViewers(database, metered());
  });
}

interface Metered extends Database {
  readonly units: () => Units;
}

async function measureEvents(database: Database, ours: Metered, baseline: Metered): Promise<void> {
  const channel = emptyChannel({ id, arn, categoryId: 'music' });
  const baselineUsers = await createBaselineTables(database);
  await fill(database, database.names.channels, [channel]);
  await fill(database, baselineUsers, [{ ...channel, channelArn: arn }]);
  const quiet = () => {};
  const log = { info: quiet, warn: quiet, error: quiet };
  const handle = eventHandler({ database: ours, clock: now, log, count: quiet });
  const handleBaseline = baselineHandler(baseline);
  const none: Units = { requests: 0, reads: 0, tableWrites: 0, indexWrites: 0 };
  let [total, baselineTotal] = [none, none];
  const rows: Row[] = [];
  for (const event of normalSession(arn, 0)) {
    await handle(event);
    await handleBaseline(event);
    const [units, baselineUnits] = [ours.units(), baseline.units()];
    [total, baselineTotal] = [addUnits(total, units), addUnits(baselineTotal, baselineUnits)];
    const name = String(event.detail['event_name'] ?? event.detail['recording_status']);
    rows.push(eventRow(name, units, baselineUnits));
  }
  printTable('Stream events of a normal session: DynamoDB units', [
    [
      'event',
      'requests',
      'write units',
      'of indexes',
      'read units',
      'baseline: requests',
      'write units',
      'read units',
    ],
    ...rows,
    eventRow('whole session', total, baselineTotal),
  ]);
  addFigure('stream events: write units of a normal session', writesOf(total), { atMost: 69 });
  printTable('Price of DynamoDB', [
    ['what', 'this project', 'baseline'],
    ['1,000 sessions', priceOf(total, 1_000), priceOf(baselineTotal, 1_000)],
  ]);
}

function eventRow(name: string, units: Units, baseline: Units): Row {
  const { requests, reads, indexWrites } = units;
  const theirs = [baseline.requests, writesOf(baseline), baseline.reads];
  return [name, requests, writesOf(units), indexWrites, reads, ...theirs];
}

const ROUNDS = 5;
const TIMES = 60;

/** A way to write: each request has `size` samples or messages, and `atATime` requests run at the same time. */
interface Way {
  readonly name: string;
  readonly size: number;
  readonly atATime?: number;
  readonly write: (database: Metered, n: number) => Promise<unknown>;
}

const start = Date.parse('2026-01-15T10:00:00.000Z');
const at = (ms: number) => new Date(start + ms).toISOString();
const times = { createdAt: at(0), updatedAt: at(0) };

const sampleOf = (n: number) => ({
  viewer: `st-0000000000000000000001#viewer-${n}`,
  minute: at(0),
  networkHash: 'k3J9dLq0ZtY2mW8v',
  weight: 1,
  latencyMs: 3_000,
  bitrate: 4_000_000,
  quality: '720p' as const,
  expiresAt: start / 1_000 + 86_400,
  ...times,
});
const messageOf = (n: number) => ({
  kind: 'message' as const,
  messageId: `Message${String(n).padStart(5, '0')}`,
  sentAt: at(n),
  content: 'a message of ordinary length, with a few words',
  attributes: undefined,
  sender: { userId: '0b8f6a2e-6d0e-4a38-9a49-2f7b8a1c5d3e', username: 'streamer' },
});

const countSample: Way['write'] = (database, n) => {
  const added = { viewers: 1, latencyMsSum: 3_000, bitrateSum: 4_000_000, 'quality:720p': 1 };
  const sample = sampleOf(n);
  return viewerCounter(database)({ streamId: 'st-1', minute: at(0), sample, added, mark: {} });
};

const archiveBatch =
  (size: number): Way['write'] =>
  (database, n) => {
    const messages = Array.from({ length: size }, (_, m) => messageOf(n * size + m));
    return archive(database, `room-${size}`, messages, at(0));
  };

const ways: readonly Way[] = [
  { name: 'first sample of a viewer in a minute', size: 1, write: countSample },
  { name: 'the same, 20 viewers of one stream at a time', size: 1, atATime: 20, write: countSample },
  {
    name: 'baseline: one row per report',
    size: 1,
    write: ({ client, names }, n) =>
      client.send(
        new PutCommand({ TableName: names.viewerSamples, Item: { ...sampleOf(n), viewer: `b${n}` } }),
      ),
  },
  ...[1, 10, 49].map(size => ({
    name: `chat messages, ${size} per log batch`,
    size,
    write: archiveBatch(size),
  })),
  {
    name: 'chat messages, 1 per log batch, 20 batches of one room at a time',
    size: 1,
    atATime: 20,
    write: archiveBatch(1),
  },
  {
    name: 'baseline: one row per message',
    size: 1,
    write: ({ client, names }, n) => {
      const { messageId, ...message } = messageOf(n);
      const Item = { chatRoomId: 'baseline', id: messageId, ...message, ...times };
      return client.send(new PutCommand({ TableName: names.chatMessages, Item }));
    },
  },
];

async function measureWays(database: Metered): Promise<void> {
  await fill(
    database,
    database.names.chatRooms,
    [1, 10, 49].map(size => ({ id: `room-${size}`, arn: 'a', ...times })),
  );
  const measured = ways.map(way => ({ way, rates: [] as number[], units: database.units() }));
  let n = 0;
  // The first round compiles the code and is not counted.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const one of measured) {
      const from = performance.now();
      for (let time = 0; time < TIMES; time += one.way.atATime ?? 1) {
        const requests = Array.from({ length: one.way.atATime ?? 1 }, () => one.way.write(database, n++));
        await Promise.all(requests);
      }
      one.rates.push((TIMES * one.way.size * 1_000) / (performance.now() - from));
      one.units = database.units();
      if (round === 0) one.rates.pop();
    }
  }
  printTable(`Samples and messages, ${ROUNDS} rounds in turns`, [
    [
      'what',
      'requests',
      'write units',
      'read units',
      'price of a million',
      'per second (median)',
      'lowest',
      'highest',
    ],
    ...measured.map(({ way, rates, units }) => {
      const count = TIMES * way.size;
      const each = [units.requests, writesOf(units), units.reads].map(sum => (sum / count).toFixed(2));
      const spread = [median(rates), Math.min(...rates), Math.max(...rates)].map(Math.round);
      return [way.name, ...each, priceOf(units, 1e6 / count), ...spread];
    }),
  ]);
}

/** Measures what the first samples of a minute cost that record the viewers of a live channel with a category. */
async function measureViewers(database: Database, metered: Metered): Promise<void> {
  const on = live(emptyChannel({ id, arn, categoryId: 'music' }), { id: 'st-shown', categoryId: 'music' });
  await fill(database, database.names.channels, [on.channel]);
  await fill(database, database.names.streams, [on.stream]);
  const record = viewersRecorder(metered);
  const minutes = [
    { what: 'the number and the peak change', viewers: 20 },
    { what: 'the number changes', viewers: 10 },
    { what: 'nothing changes', viewers: 10 },
  ];
  const rows: Row[] = [];
  for (const [n, { what, viewers }] of minutes.entries()) {
    await record({ channelId: id, streamId: 'st-shown', minute: at(n * 60_000), viewers });
    const units = metered.units();
    rows.push([what, units.requests, writesOf(units), units.indexWrites, units.reads]);
    if (n > 0)
      addFigure(`viewers of a channel: write units when ${what}`, writesOf(units), {
        atMost: n === 1 ? 5 : 0,
      });
  }
  printTable('First sample of a minute: DynamoDB units to record the viewers', [
    ['what', 'requests', 'write units', 'of indexes', 'read units'],
    ...rows,
  ]);
}

await main();
