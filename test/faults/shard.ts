import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../../lib/bundling/bundle.ts';
import { accountHistories } from './accountHistory.ts';
import { sceneInProcess } from './api.ts';
import { apiHistories } from './apiHistory.ts';
import {
  type CampaignReport,
  type Drawn,
  emptyReport,
  type Lane,
  runCampaign,
  seedsFrom,
} from './campaign.ts';
import { eventHistories } from './eventHistory.ts';
import { handleInProcess } from './events.ts';
import { unrecorded } from './orphans.ts';
import { playAccounts } from './playAccounts.ts';
import { playApi } from './playApi.ts';
import { chatHistories, playChat } from './playChat.ts';
import { playEvents } from './playEvents.ts';
import { playReconcile, reconcileHistories } from './playReconcile.ts';
import { playSeeding, seedHistories } from './playSeeding.ts';
import { playStage, stageHistories } from './playStage.ts';
import { playViewers, viewerHistories } from './playViewers.ts';
import { type FaultChances, type Met, noFaults } from './trouble.ts';
import { startVictims } from './victims.ts';
import { startWorld, type World } from './world.ts';

/**
 * The campaigns. `share` is the part of all histories, smaller where a history takes longer. `lanes` is how
 * many histories run at once, because they often wait for the engine or between retries. The `SIGKILL`
 * campaigns kill real processes.
 */
const plan = {
  events: { share: 0.5, lanes: 2 },
  stages: { share: 0.06, lanes: 1 },
  requests: { share: 0.1, lanes: 2 },
  accounts: { share: 0.16, lanes: 2 },
  chat: { share: 0.06, lanes: 1 },
  viewers: { share: 0.04, lanes: 1 },
  reconciler: { share: 0.05, lanes: 1 },
  seeding: { share: 0.005, lanes: 1 },
  'events, SIGKILL': { share: 0.015, lanes: 1 },
  'requests, SIGKILL': { share: 0.005, lanes: 1 },
} as const;

export type Campaign = keyof typeof plan;
export const campaigns = Object.keys(plan) as Campaign[];

export interface ShardOptions {
  /** The seeds of each campaign's histories. */
  readonly seeds: Readonly<Partial<Record<Campaign, readonly number[]>>>;
  /** A part of all names of channels and people, which no other shard uses. */
  readonly name: string;
}

export type ShardReport = Readonly<Record<Campaign, CampaignReport>>;

/** How long to search for a shorter history. */
const SHORTENING_MS = 20_000;

/** The faults of real processes. Starting one takes a while, so that most of them should be killed. */
const killChances: FaultChances = { ...noFaults, throttled: 0.01, killedBefore: 0.04, killedAfter: 0.08 };

/** The seeds of the histories of each campaign, `histories` in total. */
export function seedsOf(histories: number, seed: number): Record<Campaign, number[]> {
  const drawn = campaigns.map((campaign, index) => {
    const count = Math.round(histories * plan[campaign].share);
    return [campaign, seedsFrom(seed * campaigns.length + index, count)];
  });
  return Object.fromEntries(drawn) as Record<Campaign, number[]>;
}

/**
 * Plays histories of all campaigns at once, until one has a violation or `outside` is aborted. Histories in
 * progress are then abandoned, so the process should end soon.
 */
export async function runShard({ seeds, name }: ShardOptions, outside: AbortSignal): Promise<ShardReport> {
  const stop = new AbortController();
  outside.addEventListener('abort', () => stop.abort());
  const reports = Object.fromEntries(campaigns.map(campaign => [campaign, emptyReport()])) as Record<
    Campaign,
    CampaignReport
  >;
  const has = (...some: readonly Campaign[]) => some.some(campaign => (seeds[campaign] ?? []).length > 0);
  const world = await startWorld();
  // For campaigns that read all rows and must not find rows of other histories.
  const quiet = has('reconciler', 'seeding') ? await startWorld() : world;
  const folder = mkdtempSync(join(tmpdir(), 'ugc-victim-'));
  try {
    const newName = names(name);
    const { database } = world;
    const bundled = has('events, SIGKILL', 'requests, SIGKILL')
      ? bundle('test/faults/victim.ts', folder)
      : Promise.resolve();
    const victimsOf = async () => {
      await bundled;
      return startVictims(world, join(folder, 'index.mjs'));
    };
    const run = async <History>(
      campaign: Campaign,
      drawn: Drawn<History>,
      open: (met: Met) => Promise<Lane<History>> | Lane<History>,
    ): Promise<CampaignReport> => {
      const { lanes } = plan[campaign];
      const report = reports[campaign];
      const options = { seeds: seeds[campaign] ?? [], lanes, shorteningMs: SHORTENING_MS, stop, report };
      return runCampaign(drawn, options, async met => open(met));
    };
    const events = (met: Met, handle = handleInProcess(world)) => ({
      database,
      handle,
      newChannelId: newName,
      met,
    });
    const running = [
      run('events', eventHistories, met => ({ play: history => playEvents(events(met), history) })),
      run('stages', stageHistories, met => ({ play: history => playStage(events(met), history) })),
      run('requests', apiHistories, met => {
        const scene = sceneInProcess(world, met, newName);
        return { play: history => playApi(scene, history) };
      }),
      run('accounts', accountHistories, met => {
        const scene = { ...sceneInProcess(world, met, newName), resourcesOf: resourcesOfUser(world) };
        return { play: history => playAccounts(scene, history) };
      }),
      run('chat', chatHistories, met => {
        const scene = { database, met, newRoomId: newName };
        return { play: history => playChat(scene, history) };
      }),
      run('viewers', viewerHistories, met => {
        const scene = { database, met, newStreamId: newName };
        return { play: history => playViewers(scene, history) };
      }),
      run('reconciler', reconcileHistories, met => {
        const scene = { world: quiet, met, newChannelId: newName };
        return { play: history => playReconcile(scene, history) };
      }),
      run('seeding', seedHistories, met => {
        const scene = { world: quiet, met, newName };
        return { play: history => playSeeding(scene, history) };
      }),
      run('events, SIGKILL', withChances(eventHistories, killChances), async met => {
        const { handle, stop: end } = await victimsOf();
        return { play: history => playEvents(events(met, handle), history), stop: end };
      }),
      run('requests, SIGKILL', withChances(apiHistories, killChances), async met => {
        const victims = await victimsOf();
        const scene = victims.scene(met, newName);
        return { play: history => playApi(scene, history), stop: victims.stop };
      }),
    ];
    // Histories in progress are not waited for, because the process ends.
    await Promise.race([Promise.all(running), firstViolation(running), stoppedBy(outside)]);
    if (!stop.signal.aborted) await addOrphans(world, reports.requests);
    return reports;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await world.stop();
    if (quiet !== world) await quiet.stop();
  }
}

function withChances<History extends { readonly chances: FaultChances }>(
  drawn: Drawn<History>,
  chances: FaultChances,
): Drawn<History> {
  return { ...drawn, histories: drawn.histories.map(history => ({ ...history, chances })) };
}

/** The ARNs of a user's IVS resources. */
function resourcesOfUser({ ivs }: World): (userId: string) => string[] {
  return userId => {
    const { channels, rooms, stages } = ivs.resources();
    return [...channels, ...rooms, ...stages]
      .filter(({ tags }) => tags['user'] === userId)
      .map(({ arn }) => arn);
  };
}

/** Resolves at the first violation, and never if there is none. */
function firstViolation(running: readonly Promise<CampaignReport>[]): Promise<void> {
  return new Promise((resolve, reject) => {
    for (const one of running)
      one.then(({ violations }) => (violations.length > 0 ? resolve() : undefined), reject);
  });
}

function stoppedBy(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => signal.addEventListener('abort', () => resolve()));
}

/** Adds what all histories together left without a row or unfinished. */
async function addOrphans(world: World, { violations }: CampaignReport): Promise<void> {
  const what = await unrecorded(world);
  if (what.length > 0)
    violations.push({ what, seed: undefined, shortest: 'all histories of this process', tried: 0 });
}

/** Unique names of channels and people. */
function names(name: string): () => string {
  let given = 0;
  return () => `p${name}-${++given}`;
}
