import type { Database } from '../store/database.ts';
import { eventHandler } from '../streamEventsApi/handleEvent.ts';
import { emptyChannel } from '../test/support/channelState.ts';
import type { Envelope } from '../test/support/ivsEvents.ts';
import { baselineHandler, createBaselineTables } from './support/baselineEvents.ts';
import { benchClient, countRequests, fill, withDatabase } from './support/database.ts';
import { NETWORK_MS, startDelayedNetwork } from './support/delayedNetwork.ts';
import { printTable, ratio } from './support/report.ts';
import { normalSession } from './support/sessions.ts';

// The requests and the rate of postStreamEvents for normal sessions, compared with a baseline.
const ROUNDS = 5;
const HISTORIES = [0, 300];

interface Distance {
  readonly name: string;
  readonly delayMs: number;
  readonly sessions: number;
}
const distances: readonly Distance[] = [
  { name: 'local', delayMs: 0, sessions: 50 },
  { name: `with ${NETWORK_MS} ms delay`, delayMs: NETWORK_MS, sessions: 5 },
];

async function main(): Promise<void> {
  await withDatabase(async (database, endpoint) => {
    const baselineUsers = await createBaselineTables(database);
    const ours = handler(database);
    const arns = new Map(
      HISTORIES.map(history => [history, `arn:aws:ivs:us-west-2:123456789012:channel/bench${history}`]),
    );
    for (const [history, arn] of arns) {
      const id = `bench${history}`;
      await fill(database, database.names.channels, [emptyChannel({ id, arn })]);
      await fill(database, baselineUsers, [{ id, channelArn: arn }]);
      for (let n = 0; n < history; n++) for (const event of normalSession(arn, n)) await ours(event);
    }
    const rows: (string | number)[][] = [
      [
        'DynamoDB engine',
        'earlier sessions',
        'requests/event',
        'events/s',
        'baseline requests/event',
        'baseline events/s',
        'speed vs. baseline',
      ],
    ];
    for (const distance of distances) {
      const network = await startDelayedNetwork(endpoint, distance.delayMs);
      const at = distance.delayMs === 0 ? endpoint : network.endpoint;
      for (const [history, arn] of arns) rows.push(await compare(database, at, distance, history, arn));
      await network.stop();
    }
    printTable('Stream events: sessions of 8 events, handled one after another', rows);
  });
}

function handler(database: Database) {
  const quiet = () => {};
  const log = { info: quiet, warn: quiet, error: quiet };
  return eventHandler({ database, clock: () => new Date(), log, count: quiet });
}

let sessions = Math.max(...HISTORIES);

/** Both implementations take turns, because other programs use the machine. The best round of each counts. */
async function compare(
  { names }: Database,
  endpoint: string,
  distance: Distance,
  history: number,
  arn: string,
) {
  const ourDatabase = { client: benchClient(endpoint), names };
  const baselineDatabase = { client: benchClient(endpoint), names };
  const ours = meter(handler(ourDatabase), countRequests(ourDatabase));
  const baseline = meter(baselineHandler(baselineDatabase), countRequests(baselineDatabase));
  for (let round = 0; round < ROUNDS; round++) {
    const events = Array.from({ length: distance.sessions }, () => normalSession(arn, sessions++)).flat();
    await ours.run(events);
    await baseline.run(events);
  }
  ourDatabase.client.destroy();
  baselineDatabase.client.destroy();
  const speed = ratio(ours.rate() / baseline.rate());
  return [distance.name, history, ours.perEvent(), ours.rate(), baseline.perEvent(), baseline.rate(), speed];
}

/** Measures `handle`: the best rate in events per second, and the average number of requests per event. */
function meter(handle: (event: Envelope) => Promise<unknown>, requests: () => number) {
  let best = 0;
  let handled = 0;
  let sent = 0;
  return {
    run: async (events: readonly Envelope[]) => {
      const before = requests();
      const from = performance.now();
      for (const event of events) await handle(event);
      best = Math.max(best, (events.length * 1000) / (performance.now() - from));
      handled += events.length;
      sent += requests() - before;
    },
    rate: () => Math.round(best),
    perEvent: () => (sent / handled).toFixed(2),
  };
}

await main();
