import { eventHandler } from '../streamEventsApi/handleEvent.ts';
import { emptyChannel } from '../test/support/channelState.ts';
import { type Envelope, healthEvent, recordingEvent, stateEvent } from '../test/support/ivsEvents.ts';
import { benchClient, countRequests, fill, withDatabase } from './support/database.ts';
import { printTable, times } from './support/report.ts';
import { usualEvents } from './support/usualEvents.ts';

// Requests and events a second of postStreamEvents over normal sessions, beside the usual way on the same engine.
const SESSIONS = 50;
const ROUNDS = 5;
const HISTORIES = [0, 1_000];

/** A normal session: eight events. */
function session(arn: string, n: number): Envelope[] {
  const id = `st-${arn.slice(-6)}${n}`;
  const at = (seconds: number) =>
    new Date(Date.UTC(2026, 0, 15) + n * 3_600_000 + seconds * 1000).toISOString();
  const to = { resources: [arn] };
  return [
    stateEvent('Session Created', id, at(0), to),
    recordingEvent('Recording Start', id, at(6), {}, to),
    stateEvent('Stream Start', id, at(8), to),
    healthEvent('Starvation Start', id, at(1200), to),
    healthEvent('Starvation End', id, at(1211), to),
    stateEvent('Session Ended', id, at(3000), to),
    stateEvent('Stream End', id, at(3003), to),
    recordingEvent('Recording End', id, at(3070), { durationMs: 2_990_000, streamIds: [id] }, to),
  ];
}

async function main(): Promise<void> {
  await withDatabase(async (database, endpoint) => {
    const usual = await usualEvents(database);
    const quiet = () => {};
    const measured = { client: benchClient(endpoint), names: database.names };
    const requests = countRequests(measured);
    const handle = eventHandler({
      database: measured,
      clock: () => new Date(),
      log: { info: quiet, warn: quiet, error: quiet },
      count: quiet,
    });
    const usualRequests = countRequests(database);

    const rows: (string | number)[][] = [
      ['sessions before', 'requests/event', 'events/s', 'usual: requests/event', 'events/s', 'speed'],
    ];
    const arns = new Map<number, string>();
    for (const history of HISTORIES) {
      const id = `bench${history}`;
      const arn = `arn:aws:ivs:us-west-2:123456789012:channel/${id}`;
      arns.set(history, arn);
      await fill(database, database.names.channels, [emptyChannel({ id, arn })]);
      await fill(database, usual.table, [{ id, channelArn: arn }]);
      for (let n = 0; n < history; n++) for (const event of session(arn, n)) await handle(event);
    }
    for (const history of HISTORIES) {
      const arn = arns.get(history) ?? '';
      const ours = meter(handle, requests);
      const theirs = meter(usual.handle, usualRequests);
      // In turns, and the best round of each counts: others use this machine too.
      for (let round = 0; round < ROUNDS; round++) {
        const events = Array.from({ length: SESSIONS }, (_, n) =>
          session(arn, history + round * SESSIONS + n),
        ).flat();
        await ours.run(events);
        await theirs.run(events);
      }
      rows.push([
        history,
        ours.perEvent(),
        ours.rate(),
        theirs.perEvent(),
        theirs.rate(),
        times(ours.rate() / theirs.rate()),
      ]);
    }
    printTable('postStreamEvents: normal sessions of 8 events, one event at a time', rows);
    measured.client.destroy();
  });
}

/** Runs events through `handle` and keeps the best rate, in events a second, and the requests of each event. */
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
