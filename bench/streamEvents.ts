import { BatchGetCommand, type DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Database } from '../store/database.ts';
import { eventHandler } from '../streamEventsApi/handleEvent.ts';
import { emptyChannel } from '../test/support/channelState.ts';
import { baselineHandler, createBaselineTables } from './support/baselineEvents.ts';
import { benchClient, countRequests, fill, withDatabase } from './support/database.ts';
import { NETWORK_MS, startDelayedNetwork } from './support/delayedNetwork.ts';
import { addFigure, median, printTable, ratio, ratioWithSpread } from './support/report.ts';
import { normalSession } from './support/sessions.ts';

// The requests and the rate of postStreamEvents for normal sessions, compared with a baseline, and with the same
// requests sent to another engine without any other work: the most that two requests per event can reach.
const ROUNDS = 9;
const HISTORIES = [0, 100];

interface Distance {
  readonly name: string;
  readonly delayMs: number;
  readonly sessions: number;
}
const distances: readonly Distance[] = [
  { name: 'local', delayMs: 0, sessions: 25 },
  { name: `with ${NETWORK_MS} ms delay`, delayMs: NETWORK_MS, sessions: 4 },
];

/** A database and its address. */
interface Place {
  readonly database: Database;
  readonly endpoint: string;
}

async function main(): Promise<void> {
  await withDatabase((database, endpoint) =>
    withDatabase((replayed, replayEndpoint) =>
      measure({ database, endpoint }, { database: replayed, endpoint: replayEndpoint }),
    ),
  );
}

async function measure(main: Place, replay: Place): Promise<void> {
  const baselineUsers = await createBaselineTables(main.database);
  const arns = new Map(
    HISTORIES.map(history => [history, `arn:aws:ivs:us-west-2:123456789012:channel/bench${history}`]),
  );
  for (const [history, arn] of arns) {
    const id = `bench${history}`;
    await fill(main.database, baselineUsers, [{ id, channelArn: arn }]);
    for (const { database } of [main, replay]) {
      await fill(database, database.names.channels, [emptyChannel({ id, arn })]);
      const handle = handler(database);
      for (let n = 0; n < history; n++) for (const event of normalSession(arn, n)) await handle(event);
    }
  }
  const rows: (string | number)[][] = [];
  for (const distance of distances) {
    const networks = await Promise.all(
      [main, replay].map(({ endpoint }) => startDelayedNetwork(endpoint, distance.delayMs)),
    );
    const [at = '', replayAt = ''] =
      distance.delayMs === 0 ? [main.endpoint, replay.endpoint] : networks.map(({ endpoint }) => endpoint);
    for (const [history, arn] of arns)
      rows.push(await compare(main.database, { at, replayAt }, distance, history, arn));
    for (const network of networks) await network.stop();
  }
  printTable(`Stream events: sessions of 8 events, handled one after another, ${ROUNDS} rounds in turns`, [
    [
      'DynamoDB engine',
      'earlier sessions',
      'requests/event',
      'events/s (median)',
      'baseline requests/event',
      'baseline events/s',
      'speed vs. baseline (spread)',
      'requests alone vs. baseline',
      'share of the requests alone',
    ],
    ...rows,
  ]);
}

function handler(database: Database) {
  const quiet = () => {};
  const log = { info: quiet, warn: quiet, error: quiet };
  return eventHandler({ database, clock: () => new Date(), log, count: quiet });
}

let sessions = Math.max(...HISTORIES);

/** The implementations take turns, because other programs use the machine. Ratios are taken within each round. */
async function compare(
  { names }: Database,
  { at, replayAt }: { readonly at: string; readonly replayAt: string },
  distance: Distance,
  history: number,
  arn: string,
) {
  const [client, baselineClient, replayClient] = [benchClient(at), benchClient(at), benchClient(replayAt)];
  const sent = recordRequests(client);
  const ours = handler({ client, names });
  const baseline = baselineHandler({ client: baselineClient, names });
  const counted = {
    ours: countRequests({ client, names }),
    baseline: countRequests({ client: baselineClient, names }),
  };
  const rates: { ours: number; baseline: number; alone: number }[] = [];
  let handled = 0;
  // The first round compiles the code and is not counted.
  for (let round = 0; round <= ROUNDS; round++) {
    const events = Array.from({ length: distance.sessions }, () => normalSession(arn, sessions++)).flat();
    const rate = {
      ours: await rateOf(events, ours),
      baseline: await rateOf(events, baseline),
      alone: (await rateOf(sent(), resend => resend(replayClient))) / 2,
    };
    handled += events.length;
    if (round > 0) rates.push(rate);
  }
  for (const used of [client, baselineClient, replayClient]) used.destroy();
  const shares = rates.map(rate => rate.ours / rate.alone);
  const name = `stream events, ${distance.name}, ${history} earlier sessions`;
  addFigure(`${name}: DynamoDB requests per event`, counted.ours() / handled, { atMost: 2 });
  addFigure(`${name}: rate compared with the same requests alone`, shares, { atLeast: 0.9 });
  return [
    distance.name,
    history,
    (counted.ours() / handled).toFixed(2),
    Math.round(median(rates.map(rate => rate.ours))),
    (counted.baseline() / handled).toFixed(2),
    Math.round(median(rates.map(rate => rate.baseline))),
    ratioWithSpread(rates.map(rate => rate.ours / rate.baseline)),
    ratio(median(rates.map(rate => rate.alone / rate.baseline))),
    `${Math.round(100 * median(shares))} %`,
  ];
}

/** Returns how many of `all` are handled per second, one after another. */
async function rateOf<T>(all: readonly T[], handle: (one: T) => Promise<unknown>): Promise<number> {
  const from = performance.now();
  for (const one of all) await handle(one);
  return (all.length * 1_000) / (performance.now() - from);
}

/** Sends a request that was sent before, with another client. */
type Resend = (client: DynamoDBDocumentClient) => Promise<unknown>;

/** Keeps the requests of an event handler, which are of two kinds. Returns those since its last call. */
function recordRequests(client: DynamoDBDocumentClient): () => Resend[] {
  let requests: Resend[] = [];
  const send = client.send.bind(client);
  Object.assign(client, {
    send: (request: Parameters<typeof send>[0]) => {
      if (request instanceof BatchGetCommand)
        requests.push(other => other.send(new BatchGetCommand(request.input)));
      if (request instanceof TransactWriteCommand)
        requests.push(other => other.send(new TransactWriteCommand(request.input)));
      return send(request);
    },
  });
  return () => {
    const taken = requests;
    requests = [];
    return taken;
  };
}

await main();
