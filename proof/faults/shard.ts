import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../../lib/bundling/bundle.ts';
import { sceneInProcess } from './api.ts';
import { apiHistories } from './apiHistory.ts';
import { type CampaignReport, type Drawn, type Lane, runCampaign, seedsFrom } from './campaign.ts';
import { eventHistories } from './eventHistory.ts';
import { handleInProcess } from './events.ts';
import { unrecorded } from './orphans.ts';
import { playApi } from './playApi.ts';
import { playEvents } from './playEvents.ts';
import { calm, type FaultChances, type Met } from './trouble.ts';
import { startVictims, type Victims } from './victims.ts';
import { startWorld, type World } from './world.ts';

/** What is put to the proof, and how: in `SIGKILL` a process of its own is truly killed. */
export const campaigns = ['events', 'requests', 'events, SIGKILL', 'requests, SIGKILL'] as const;
export type Campaign = (typeof campaigns)[number];

export interface ShardOptions {
  /** The seeds of the histories of each. */
  readonly seeds: Readonly<Partial<Record<Campaign, readonly number[]>>>;
  /** No name of a channel or person with it is another shard's. */
  readonly name: string;
}

export type ShardReport = Readonly<Record<Campaign, CampaignReport>>;

// Much of the time is waiting, for the engine and between tries: others go on meanwhile.
const LANES: Readonly<Record<Campaign, number>> = {
  events: 3,
  requests: 3,
  'events, SIGKILL': 1,
  'requests, SIGKILL': 1,
};

/** How long the shortest history is looked for. */
const SHORTENING_MS = 20_000;

/** What a process of its own meets: a new one takes a while, so each is to count. */
const deadly: FaultChances = { ...calm, throttled: 0.01, killedBefore: 0.04, killedAfter: 0.08 };

/** How many of `histories` each campaign plays: those that take longer are fewer. */
const shares: Readonly<Record<Campaign, number>> = {
  events: 0.875,
  requests: 0.1,
  'events, SIGKILL': 0.02,
  'requests, SIGKILL': 0.005,
};

/** The seeds of the histories of each campaign, `histories` in all. */
export function seedsOf(histories: number, seed: number): Record<Campaign, number[]> {
  const drawn = campaigns.map((campaign, index) => {
    const count = Math.round(histories * shares[campaign]);
    return [campaign, seedsFrom(seed * campaigns.length + index, count)];
  });
  return Object.fromEntries(drawn) as Record<Campaign, number[]>;
}

/** Plays histories of all campaigns at once, until one shows a violation or `stop` is aborted. */
export async function runShard({ seeds, name }: ShardOptions, stop: AbortController): Promise<ShardReport> {
  const world = await startWorld();
  const folder = mkdtempSync(join(tmpdir(), 'ugc-victim-'));
  try {
    const newName = names(name);
    const victimFile = join(folder, 'index.mjs');
    if (campaigns.some(campaign => campaign.endsWith('SIGKILL') && (seeds[campaign] ?? []).length > 0))
      await bundle('proof/faults/victim.ts', folder);
    const run = async <History>(
      campaign: Campaign,
      drawn: Drawn<History>,
      open: (met: Met) => Promise<Lane<History>>,
    ): Promise<readonly [Campaign, CampaignReport]> => {
      const own = seeds[campaign] ?? [];
      const options = { seeds: own, lanes: LANES[campaign], shorteningMs: SHORTENING_MS, stop };
      return [campaign, await runCampaign(drawn, options, open)];
    };
    const reports = await Promise.all([
      run('events', eventHistories, async met => {
        const scene = {
          database: world.database,
          handle: handleInProcess(world),
          newChannelId: newName,
          met,
        };
        return { play: history => playEvents(scene, history) };
      }),
      run('requests', apiHistories, async met => {
        const scene = sceneInProcess(world, met, newName);
        return { play: history => playApi(scene, history) };
      }),
      run('events, SIGKILL', withChances(eventHistories, deadly), async met => {
        const victims = await startVictims(world, victimFile);
        const { database } = world;
        const scene = { database, handle: victims.handle, newChannelId: newName, met };
        return { play: history => playEvents(scene, history), stop: victims.stop };
      }),
      run('requests, SIGKILL', withChances(apiHistories, deadly), async met => {
        const victims: Victims = await startVictims(world, victimFile);
        const scene = victims.scene(met, newName);
        return { play: history => playApi(scene, history), stop: victims.stop };
      }),
    ]);
    const all = Object.fromEntries(reports) as Record<Campaign, CampaignReport>;
    return stop.signal.aborted ? all : { ...all, requests: await withOrphans(world, all.requests) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await world.stop();
  }
}

function withChances<History extends { readonly chances: FaultChances }>(
  drawn: Drawn<History>,
  chances: FaultChances,
): Drawn<History> {
  return { ...drawn, histories: drawn.histories.map(history => ({ ...history, chances })) };
}

/** What of all histories together is left without a row, or could not be finished: no single one shows it. */
async function withOrphans(world: World, report: CampaignReport): Promise<CampaignReport> {
  const what = await unrecorded(world);
  if (what.length === 0) return report;
  const violation = { what, seed: undefined, shortest: 'all of this process', tried: 0 };
  return { ...report, violations: [...report.violations, violation] };
}

/** Names of channels and people, of which none is given twice. */
function names(name: string): () => string {
  let given = 0;
  return () => `p${name}-${++given}`;
}
