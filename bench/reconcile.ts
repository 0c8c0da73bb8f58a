import { setTimeout as sleep } from 'node:timers/promises';
import { reconcileSchedule } from '../model/functions.ts';
import { LOCAL_ACCOUNT } from '../model/localEndpoint.ts';
import type { Database } from '../store/database.ts';
import { eventHandler } from '../streamEventsApi/handleEvent.ts';
import { ivsSessions } from '../streamEventsApi/ivsSessions.ts';
import { reconciler } from '../streamEventsApi/reconcile.ts';
import { type Envelope, stateEvent } from '../test/support/ivsEvents.ts';
import { channel, live } from '../test/support/rows.ts';
import { benchClient, fill, withDatabase } from './support/database.ts';
import { withIvs } from './support/ivs.ts';
import { addFigure, printTable } from './support/report.ts';

// The time of a run of the reconciler with IVS's quota of 5 calls per second, while sessions start and end.
// CHANNELS=100000 takes ten minutes.
const CHANNELS = Number(process.env['CHANNELS'] ?? 10_000);
const SESSION_SECONDS = 7_200;
const GHOSTS = 5;

const idOf = (n: number) => `bench${String(n).padStart(6, '0')}`;
const arnOf = (n: number) => `arn:aws:ivs:us-west-2:${LOCAL_ACCOUNT}:channel/${idOf(n)}`;
const streamIdOf = (n: number) => `st-${String(n).padStart(23, '0')}`;
const quiet = () => {};
const log = { info: quiet, warn: quiet, error: quiet };
const now = () => new Date();
const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000).toISOString();

/** Returns a channel that has been live for up to two hours. */
function liveChannel(n: number) {
  const startedAt = ago(300 + (n % SESSION_SECONDS));
  const owner = channel({ username: idOf(n), id: idOf(n), arn: arnOf(n) });
  const evidence = {
    sessionCreatedAt: startedAt,
    streamStartedAt: startedAt,
    playback: { at: startedAt, playing: true },
  };
  return live(owner, { id: streamIdOf(n), startedAt, evidence });
}

async function main(): Promise<void> {
  await withDatabase((database, endpoint) =>
    withIvs(async ({ ivs }, simulator) => {
      const rows = function* (pick: 'channel' | 'stream') {
        for (let n = 0; n < CHANNELS; n++) yield { ...liveChannel(n)[pick] };
      };
      await fill(database, database.names.channels, rows('channel'));
      await fill(database, database.names.streams, rows('stream'));
      // Sessions whose end was lost: IVS does not stream them.
      for (let n = GHOSTS; n < CHANNELS; n++) {
        const event = stateEvent('Stream Start', streamIdOf(n), ago(300 + (n % SESSION_SECONDS)));
        simulator.applyEvent({ ...event, resources: [arnOf(n)] });
      }
      const changes = changing(database, event => simulator.applyEvent(event));
      const ports = { database: { client: benchClient(endpoint), names: database.names }, clock: now, log };
      const run = reconciler({
        ...ports,
        count: quiet,
        ivs: ivsSessions(ivs),
        graceMs: reconcileSchedule.graceMs,
      });
      const calls = simulator.calls();
      const from = performance.now();
      const report = await run();
      const seconds = (performance.now() - from) / 1_000;
      const changed = await changes.stop();
      const sent = (operation: string) => (simulator.calls()[operation] ?? 0) - (calls[operation] ?? 0);
      if (report.closed.length !== GHOSTS || report.failed.length > 0)
        throw new Error(`closed ${report.closed.length} and failed ${report.failed.length}`);
      const timeout = reconcileSchedule.timeoutMs / 1_000;
      // IVS lists 100 streams per call, and the reconciler makes four calls per second.
      addFigure('reconciler: time compared with the list alone', seconds / (CHANNELS / 100 / 4), {
        atMost: 1.2,
      });
      addFigure('reconciler: GetStreamSession calls per closed session', sent('GetStreamSession') / GHOSTS, {
        atMost: 1,
      });
      printTable('A run of the reconciler within the quota of IVS', [
        ['what', 'value'],
        ['live channels', CHANNELS],
        ['sessions that started and ended meanwhile', changed],
        ['sessions closed whose end was lost', report.closed.length],
        ['ListStreams calls', sent('ListStreams')],
        ['GetStreamSession calls', sent('GetStreamSession')],
        ['seconds', seconds.toFixed(1)],
        ['share of the timeout', `${((100 * seconds) / timeout).toFixed(0)} % of ${timeout} s`],
        ['peak memory of this process', `${Math.round(process.resourceUsage().maxRSS / 1_024)} MB`],
      ]);
    }),
  );
}

/** Ends sessions and starts others, as often as channels do that stream for two hours. Every event arrives. */
function changing(database: Database, tellIvs: (event: Envelope) => void) {
  const handle = eventHandler({ database, clock: now, log, count: quiet });
  let [isOn, changed] = [true, 0];
  const tell = async (name: string, session: number, n: number) => {
    const event = { ...stateEvent(name, streamIdOf(session), ago(0)), id: `${name}-${session}` };
    const envelope = { ...event, resources: [arnOf(n)] };
    tellIvs(envelope);
    await handle(envelope);
  };
  const work = async () => {
    for (let n = GHOSTS; isOn; n++) {
      const due = sleep((1_000 * SESSION_SECONDS) / CHANNELS);
      // Spread over the whole list.
      const one = GHOSTS + ((n * 7_919) % (CHANNELS - GHOSTS));
      await tell('Session Ended', one, one);
      await tell('Session Created', CHANNELS + n, one);
      await tell('Stream Start', CHANNELS + n, one);
      changed++;
      await due;
    }
    return changed;
  };
  const done = work();
  return {
    stop: () => {
      isOn = false;
      return done;
    },
  };
}

await main();
