import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../../lib/bundling/bundle.ts';
import { sceneInProcess } from './api.ts';
import { apiHistory } from './apiHistory.ts';
import { type CampaignReport, runCampaign } from './campaign.ts';
import { eventHistory } from './eventHistory.ts';
import { handleInProcess } from './events.ts';
import { unrecorded } from './orphans.ts';
import { playApi } from './playApi.ts';
import { playEvents } from './playEvents.ts';
import { calm, type FaultChances } from './trouble.ts';
import { startVictims, type Victims } from './victims.ts';
import { startWorld, type World } from './world.ts';

/** What is put to the proof, and how: in `SIGKILL` a process of its own is truly killed. */
export const campaigns = ['events', 'requests', 'events, SIGKILL', 'requests, SIGKILL'] as const;
export type Campaign = (typeof campaigns)[number];

export interface ShardOptions {
  /** How many histories of each. */
  readonly histories: Readonly<Record<Campaign, number>>;
  readonly seed: number;
}

export type ShardReport = Readonly<Record<Campaign, CampaignReport>>;

// Much of the time is waiting, for the engine and between tries: others go on meanwhile.
const LANES = 6;
const VICTIMS = 2;

/** What a process of its own meets: a new one takes a while, so each is to count. */
const deadly: FaultChances = { ...calm, throttled: 0.01, killedBefore: 0.04, killedAfter: 0.08 };

/** Runs its share of the histories. Everything is drawn from the seed, but for which of two at once is faster. */
export async function runShard({ histories, seed }: ShardOptions): Promise<ShardReport> {
  const world = await startWorld();
  const folder = mkdtempSync(join(tmpdir(), 'ugc-victim-'));
  try {
    await bundle('proof/faults/victim.ts', folder);
    const newName = names(seed);
    const own = { lanes: LANES, seed };
    const killed = { lanes: VICTIMS, seed };
    const startVictim = () => startVictims(world, join(folder, 'index.mjs'));
    const reports = {
      events: await runCampaign(eventHistory, { ...own, runs: histories.events }, async met => ({
        play: history => playEvents(eventScene(world, handleInProcess(world), newName, met), history),
      })),
      requests: await runCampaign(apiHistory, { ...own, runs: histories.requests }, async met => {
        const scene = sceneInProcess(world, met, newName);
        return { play: history => playApi(scene, history) };
      }),
      'events, SIGKILL': await runCampaign(
        eventHistory.map(history => ({ ...history, chances: deadly })),
        { ...killed, runs: histories['events, SIGKILL'] },
        async met => {
          const victims = await startVictim();
          const scene = eventScene(world, victims.handle, newName, met);
          return { play: history => playEvents(scene, history), stop: victims.stop };
        },
      ),
      'requests, SIGKILL': await runCampaign(
        apiHistory.map(history => ({ ...history, chances: deadly })),
        { ...killed, runs: histories['requests, SIGKILL'] },
        async met => {
          const victims: Victims = await startVictim();
          const scene = victims.scene(met, newName);
          return { play: history => playApi(scene, history), stop: victims.stop };
        },
      ),
    };
    return { ...reports, requests: withMore(reports.requests, await unrecorded(world)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await world.stop();
  }
}

function eventScene(
  { database }: World,
  handle: Victims['handle'],
  newChannelId: () => string,
  met: CampaignReport['met'],
) {
  return { database, handle, newChannelId, met };
}

function withMore(report: CampaignReport, violations: readonly string[]): CampaignReport {
  return { ...report, violations: [...report.violations, ...violations] };
}

/** Names of channels and people: nobody's in another shard either, so that what is printed is one thing's. */
function names(seed: number): () => string {
  let given = 0;
  return () => `p${seed}-${++given}`;
}
