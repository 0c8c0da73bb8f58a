import fc from 'fast-check';
import { eventHandler } from '../../streamEventsApi/handleEvent.ts';
import { ivsSessions } from '../../streamEventsApi/ivsSessions.ts';
import { reconciler } from '../../streamEventsApi/reconcile.ts';
import { putChannel, readChannelRow, readSessions } from '../support/eventHandling.ts';
import { type Envelope, second, stateEvent } from '../support/ivsEvents.ts';
import { randomNumbers } from '../support/randomNumbers.ts';
import { type Drawn, withOtherSeeds, without } from './campaign.ts';
import { inLife } from './lives.ts';
import { drawnSchedule } from './schedule.ts';
import { type Met, noFaults } from './trouble.ts';
import type { World } from './world.ts';

/** The sessions of one channel at IVS, and which of their events are delivered. */
export interface ReconcileHistory {
  readonly sessions: readonly {
    /** Whether the session ended. The last one may be live. */
    readonly isOver: boolean;
    /** Which events are lost: Session Created, Stream Start, Session Ended, Stream End. */
    readonly lost: readonly boolean[];
  }[];
  /** How many events arrive while the reconciler runs. */
  readonly late: number;
  readonly seed: number;
}

const session = fc.record({
  isOver: fc.boolean(),
  lost: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
});

export const reconcileHistories: Drawn<ReconcileHistory> = {
  histories: fc.record({
    sessions: fc.array(session, { minLength: 1, maxLength: 2 }),
    late: fc.nat(3),
    seed: fc.nat(),
  }),
  *shorter(history) {
    yield* withOtherSeeds(without(history, 'sessions'));
  },
};

const HOUR = 3_600;

/**
 * Plays the sessions of a channel at IVS, delivers some of the events while the reconciler runs, and returns
 * every difference from what IVS streams. `world` must have no other history, because the reconciler reads
 * all channels.
 */
export async function playReconcile(
  { world, met, newChannelId }: { world: World; met: Met; newChannelId: () => string },
  { sessions, late, seed }: ReconcileHistory,
): Promise<string[]> {
  const { database, ivs, ivsClients } = world;
  const channelId = newChannelId();
  const arn = `arn:aws:ivs:us-west-2:000000000000:channel/${channelId}`;
  await putChannel(database, { id: channelId, arn });
  const silent = () => {};
  const log = { info: silent, warn: silent, error: silent };
  const clock = () => new Date(second(HOUR));
  const dependencies = { database, clock, log, count: silent };
  // One process per event, because one process would queue them.
  const handle = (event: unknown) => eventHandler(dependencies)(event);
  const reconcile = reconciler({ ...dependencies, ivs: ivsSessions(ivsClients.ivs, 0), graceMs: 120_000 });

  const told: Envelope[] = [];
  let live: string | undefined;
  for (const [index, { isOver, lost }] of sessions.entries()) {
    const id = `st-${channelId.replace(/[^A-Za-z0-9]/g, '').slice(-20)}${index}`.padEnd(26, '0');
    const ends = isOver || index < sessions.length - 1;
    const from = index * 900;
    const own = [
      stateEvent('Session Created', id, second(from), { resources: [arn] }),
      stateEvent('Stream Start', id, second(from + 5), { resources: [arn] }),
      ...(ends
        ? [
            stateEvent('Session Ended', id, second(from + 600), { resources: [arn] }),
            stateEvent('Stream End', id, second(from + 603), { resources: [arn] }),
          ]
        : []),
    ];
    for (const event of own) ivs.applyEvent(event);
    told.push(...own.filter((_, at) => lost[at] !== true));
    live = ends ? undefined : id;
  }
  const later = told.splice(Math.max(0, told.length - late));
  for (const event of told) await handle(event);
  const schedule = drawnSchedule(randomNumbers(seed));
  const trouble = { chances: noFaults, random: () => 1, met, schedule };
  await Promise.all(
    [reconcile, ...later.map(event => () => handle(event))].map(work => {
      met.handled++;
      return inLife<unknown>(trouble, work);
    }),
  );
  const last = await reconcile();
  const channel = await readChannelRow(database, channelId);
  const open = (await readSessions(database, channelId)).filter(({ isOpen }) => isOpen !== undefined);
  const violations = [
    ...(last.failed.length === 0 ? [] : [`the reconciler could not repair ${last.failed}`]),
    ...(channel.isLive === (live !== undefined)
      ? []
      : [`isLive is ${channel.isLive}, and IVS streams ${live}`]),
    ...(channel.openStreamId === live
      ? []
      : [`the channel has the open session ${channel.openStreamId}, and IVS streams ${live}`]),
    ...(open.length <= 1 && open[0]?.id === live
      ? []
      : [`the open sessions are ${open.map(({ id }) => id)}, and IVS streams ${live}`]),
  ];
  await end(world, channelId, live, handle);
  return violations;
}

/** Ends the live session, so that the reconciler of the next history ignores it. */
async function end({ ivs, database }: World, channelId: string, live: string | undefined, handle: Handle) {
  const channel = await readChannelRow(database, channelId);
  const open = (await readSessions(database, channelId)).filter(({ isOpen }) => isOpen !== undefined);
  const ids = new Set([...open.map(({ id }) => id), ...(live === undefined ? [] : [live])]);
  for (const id of ids) {
    const ended = stateEvent('Session Ended', id, second(HOUR), { resources: [channel.arn] });
    ivs.applyEvent(ended);
    await handle(ended);
  }
}

type Handle = (event: unknown) => Promise<unknown>;
