import { eventHandler } from '../streamEventsApi/handleEvent.ts';
import { emptyChannel } from '../test/support/channelState.ts';
import { type Envelope, healthEvent, recordingEvent, stateEvent } from '../test/support/ivsEvents.ts';
import { benchClient, countRequests, fill, withDatabase } from './support/database.ts';
import { printTable, times } from './support/report.ts';
import { usualEvents } from './support/usualEvents.ts';

// Requests and events a second of postStreamEvents over normal sessions, beside the usual way on the same engine.
const SESSIONS = 100;

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
    let from = 0;
    for (const history of [0, 1_000]) {
      const id = `bench${history}`;
      const arn = `arn:aws:ivs:us-west-2:123456789012:channel/${id}`;
      await fill(database, database.names.channels, [emptyChannel({ id, arn })]);
      await fill(database, usual.table, [{ id, channelArn: arn }]);
      for (; from < history; from++) for (const event of session(arn, from)) await handle(event);
      const [ours, theirs] = [
        await measure(handle, requests, arn, from),
        await measure(usual.handle, usualRequests, arn, from),
      ];
      from += 3 * SESSIONS;
      rows.push([
        history,
        ours.perEvent.toFixed(2),
        Math.round(ours.rate),
        theirs.perEvent.toFixed(2),
        Math.round(theirs.rate),
        times(ours.rate / theirs.rate),
      ]);
    }
    printTable('postStreamEvents: normal sessions of 8 events, one event at a time', rows);
    measured.client.destroy();
  });
}

/** Three rounds, the best of which counts: others use this machine too. */
async function measure(
  handle: (event: Envelope) => Promise<unknown>,
  requests: () => number,
  arn: string,
  from: number,
) {
  const before = requests();
  let best = 0;
  for (let round = 0; round < 3; round++) {
    const events = Array.from({ length: SESSIONS }, (_, n) =>
      session(arn, from + round * SESSIONS + n),
    ).flat();
    const start = performance.now();
    for (const event of events) await handle(event);
    best = Math.max(best, (events.length * 1000) / (performance.now() - start));
  }
  return { rate: best, perEvent: (requests() - before) / (3 * SESSIONS * 8) };
}

await main();
