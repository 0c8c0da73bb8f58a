import { setTimeout as sleep } from 'node:timers/promises';
import { eventRetry } from '../model/eventPattern.ts';
import { withoutShard } from '../model/row.ts';
import { listLive } from '../store/channels.ts';
import type { Database } from '../store/database.ts';
import { allOpen } from '../store/streams.ts';
import { eventHandler } from '../streamEventsApi/handleEvent.ts';
import { type Envelope, stateEvent } from '../test/support/ivsEvents.ts';
import { channel, live } from '../test/support/rows.ts';
import { benchClient, fill, withDatabase } from './support/database.ts';
import { limitPartitions, type PartitionLimit } from './support/partitions.ts';
import { addFigure, printTable } from './support/report.ts';

// All live channels end at nearly the same time. The rates stand for 100,000 channels: the number of channels and what a
// partition accepts are reduced by the same factor, because the engine handles only some hundred requests per second.
const ALL = 100_000;
const CHANNELS = Number(process.env['CHANNELS'] ?? 1_000);
const FACTOR = ALL / CHANNELS;
const UNITS_PER_SECOND = 1_000 / FACTOR;
const AT_A_TIME = 40;

interface Case {
  readonly name: string;
  /** All events are sent within this time. */
  readonly seconds: number;
  readonly partitionKeyOf?: PartitionLimit['partitionKeyOf'];
}
const cases: readonly Case[] = [
  { name: 'four partitions, within 60 s', seconds: 60 },
  { name: 'four partitions, within 20 s', seconds: 20 },
  { name: 'one partition, within 60 s', seconds: 60, partitionKeyOf: withoutShard },
];

async function main(): Promise<void> {
  await withDatabase(async (database, endpoint) => {
    const rows: (string | number)[][] = [];
    for (const [n, one] of cases.entries()) rows.push(await endAll(database, endpoint, one, n));
    printTable(
      `${ALL.toLocaleString('en')} live channels end (simulated with ${CHANNELS.toLocaleString('en')})`,
      [
        [
          'indexes of live channels, and when the channels end',
          'peak write units per second of a partition',
          'refused transactions',
          'failed tries',
          'all handled after, s',
          'longest, s',
          'dead letters',
        ],
        ...rows,
      ],
    );
  });
}

async function endAll(
  database: Database,
  endpoint: string,
  { name, seconds, ...limit }: Case,
  round: number,
) {
  const all = Array.from({ length: CHANNELS }, (_, n) => {
    const id = `all${round}x${n}`;
    const arn = `arn:aws:ivs:us-west-2:123456789012:channel/${id}`;
    const startedAt = new Date(Date.UTC(2026, 0, 15) + n).toISOString();
    // Names begin equally often with each letter: the index by name is partitioned by it.
    const username = String.fromCharCode('a'.charCodeAt(0) + (n % 26)) + id;
    const owner = channel({ username, id, arn, categoryId: 'music' });
    const evidence = { sessionCreatedAt: startedAt, playback: { at: startedAt, playing: true } };
    return live(owner, { id: `st-${id}`, startedAt, evidence, categoryId: 'music' });
  });
  await fill(
    database,
    database.names.channels,
    all.map(one => ({ ...one.channel })),
  );
  await fill(
    database,
    database.names.streams,
    all.map(one => ({ ...one.stream })),
  );
  const client = benchClient(endpoint);
  const use = limitPartitions(client, database, { unitsPerSecond: UNITS_PER_SECOND, ...limit });
  const quiet = () => {};
  const log = { info: quiet, warn: quiet, error: quiet };
  const handle = eventHandler({
    database: { client, names: database.names },
    clock: () => new Date(),
    log,
    count: quiet,
  });

  // Lambda tries each event three times and then moves it to the dead-letter queue. Its waits of minutes are left out.
  const queue: { readonly event: Envelope; readonly tries: number }[] = [];
  let [left, failed, deadLetters, longest] = [2 * CHANNELS, 0, 0, 0];
  const handleOne = async ({ event, tries }: (typeof queue)[number]) => {
    const from = performance.now();
    try {
      await handle(event);
      left--;
    } catch {
      failed++;
      if (tries > 1) queue.push({ event, tries: tries - 1 });
      else [left, deadLetters] = [left - 1, deadLetters + 1];
    }
    longest = Math.max(longest, performance.now() - from);
  };
  const worker = async () => {
    while (left > 0) {
      const next = queue.shift();
      await (next === undefined ? sleep(10) : handleOne(next));
    }
  };
  const send = async () => {
    for (const { channel: owner, stream } of all) {
      const due = sleep((1_000 * seconds) / CHANNELS);
      for (const [event, offset] of [
        ['Session Ended', 0],
        ['Stream End', 3],
      ] as const) {
        const at = new Date(Date.UTC(2026, 0, 16) + offset * 1_000).toISOString();
        const envelope = { ...stateEvent(event, stream.id, at), id: `${event}-${stream.id}` };
        queue.push({ event: { ...envelope, resources: [owner.arn] }, tries: eventRetry.functionRetries + 1 });
      }
      await due;
    }
  };
  const from = performance.now();
  await Promise.all([send(), ...Array.from({ length: AT_A_TIME }, worker)]);
  const drained = (performance.now() - from) / 1_000;
  client.destroy();
  const { items } = await listLive(database, undefined, { limit: 1 });
  if (deadLetters === 0 && (items.length > 0 || (await allOpen(database)).length > 0))
    throw new Error('some channels are still live');
  addFigure(`all channels end, ${name}: dead letters`, deadLetters, { atMost: 0 });
  return [
    name,
    Math.round(use.peak() * FACTOR),
    use.refused(),
    failed,
    drained.toFixed(0),
    (longest / 1_000).toFixed(1),
    deadLetters,
  ];
}

await main();
