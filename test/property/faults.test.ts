import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { growth, isExpected, percentile } from '../../bench/soak/measures.ts';
import { sceneInProcess } from '../faults/api.ts';
import { apiHistories } from '../faults/apiHistory.ts';
import { type CampaignReport, type Drawn, type Lane, runCampaign, seedsFrom } from '../faults/campaign.ts';
import { eventHistories } from '../faults/eventHistory.ts';
import { handleInProcess } from '../faults/events.ts';
import { unrecorded } from '../faults/orphans.ts';
import { readSignUp } from '../faults/people.ts';
import { plantedBugs } from '../faults/plantedBugs.ts';
import { type AskApi, playApi } from '../faults/playApi.ts';
import { type HandleEvent, playEvents } from '../faults/playEvents.ts';
import { type FaultChances, type Met, noFaults } from '../faults/trouble.ts';
import { startWorld, type World } from '../faults/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

let names = 0;
const newName = () => `faults-${++names}`;

/** Plays a few histories. A history with a violation is reported as drawn, without shrinking. */
function play<History>(
  drawn: Drawn<History>,
  runs: number,
  chances: FaultChances | undefined,
  open: (met: Met) => Lane<History>,
): Promise<CampaignReport> {
  const options = { seeds: seedsFrom(11, runs), lanes: 4, shorteningMs: 0, stop: new AbortController() };
  const met =
    chances === undefined
      ? drawn
      : { ...drawn, histories: drawn.histories.map(one => ({ ...one, chances })) };
  return runCampaign(met, options, async counted => open(counted));
}

/** Plays histories of events. `broken` wraps the real handler. */
function events(
  runs: number,
  broken: (handle: HandleEvent) => HandleEvent = handle => handle,
  chances?: FaultChances,
): Promise<CampaignReport> {
  return play(eventHistories, runs, chances, met => {
    const handle = broken(handleInProcess(world));
    const scene = { database: world.database, handle, newChannelId: newName, met };
    return { play: history => playEvents(scene, history) };
  });
}

function requests(
  runs: number,
  broken: (ask: AskApi) => AskApi = ask => ask,
  chances?: FaultChances,
): Promise<CampaignReport> {
  return play(apiHistories, runs, chances, met => {
    const scene = sceneInProcess(world, met, newName, broken);
    return { play: history => playApi(scene, history) };
  });
}

const told = ({ violations }: CampaignReport) => violations.flatMap(({ what }) => what).join('\n');

describe('fault injection with few histories', () => {
  test('finds no violation in histories of events under throttling, conflicts, timeouts and kills', async () => {
    const some = { throttled: 0.03, conflict: 0.1, lostAnswer: 0.03, killedBefore: 0.05, killedAfter: 0.05 };
    const { met, violations } = await events(6, handle => handle, { ...noFaults, ...some });
    expect(violations).toEqual([]);
    expect(met.killedAfter + met.killedBefore).toBeGreaterThan(0);
    expect(met.conflict + met.lostAnswer + met.throttled).toBeGreaterThan(0);
  });

  test('finds no violation in histories of requests, and no IVS resource without a row at the end', async () => {
    const { met, violations } = await requests(2);
    expect(violations).toEqual([]);
    expect(met.handled).toBeGreaterThan(0);
    expect(await unrecorded(world)).toEqual([]);
  });
});

describe('fault injection finds', () => {
  test('a handler that answers before it has written', async () => {
    const report = await events(
      4,
      handle => async (event, trouble) => {
        if (event.detail['event_name'] === 'Stream Start') return { result: 'folded' };
        return handle(event, trouble);
      },
      noFaults,
    );
    expect(told(report)).toMatch(/was folded, and is not in the timeline/);
  });

  test('a handler that loses an event after a fault', async () => {
    const report = await events(
      8,
      handle => (event, trouble) =>
        handle(event, trouble).catch(() => ({ result: 'dropped', reason: 'it was too much' })),
      { ...noFaults, killedBefore: 0.3 },
    );
    expect(told(report)).toMatch(/was dropped/);
  });

  test('an API that treats every caller as the owner', async () => {
    const tokens = new Map<string, string>();
    const report = await requests(
      6,
      ask => async (sent, trouble) => {
        const answer = await ask(sent, trouble);
        if (sent.path === '/v1/users' && answer.status === 201) {
          const { username, accessToken } = readSignUp(answer.text);
          tokens.set(username, accessToken);
        }
        const [, owner = ''] = /^\/v1\/channels\/([^/]+)/.exec(sent.path) ?? [];
        return answer.status === 403 ? ask({ ...sent, token: tokens.get(owner) }, trouble) : answer;
      },
      noFaults,
    );
    expect(told(report)).toMatch(/by another user was answered with 20\d/);
  });

  test('an API that reports success without doing the work', async () => {
    const report = await requests(
      4,
      ask => async (sent, trouble) => {
        const isEdit = sent.method === 'PATCH' && sent.token !== undefined && sent.path.endsWith('/me');
        return isEdit ? { status: 200, retryAfter: undefined, text: '{}' } : ask(sent, trouble);
      },
      noFaults,
    );
    expect(told(report)).toMatch(/after .*titleChannel.*, faults-\d+ has \{/);
  });
});

describe('the measurements of a soak test', () => {
  test('a percentile is the nearest rank', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1_000), { minLength: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, share) => {
          const value = percentile(values, share);
          const notAbove = values.filter(one => one <= value).length;
          expect(values).toContain(value);
          expect(notAbove).toBeGreaterThanOrEqual(share * values.length - 1e-9);
        },
      ),
    );
    expect(percentile([4, 1, 3, 2], 0.5)).toBe(2);
  });

  test('growth is measured from the second quarter to the last, without the warm-up', () => {
    const samples = [1, 9, 50, 50, 50, 55, 58, 59, 60, 60, 60, 61];
    expect(growth(samples)).toEqual({ before: 50, after: 60 });
  });

  test('a 5xx is unexpected unless it has Retry-After', () => {
    const answer = (status: number, headers = {}) => isExpected(new Response(null, { status, headers }));
    expect([200, 204, 404, 409].map(status => answer(status))).toEqual([true, true, true, true]);
    expect([500, 502, 503, 429, 401, 422].map(status => answer(status))).toEqual(Array(6).fill(false));
    expect([503, 429].map(status => answer(status, { 'Retry-After': '1' }))).toEqual([true, true]);
  });
});

test.each(plantedBugs)(
  'the bug "$name" applies to the source, so that make test-proof can insert it',
  ({ edits }) => {
    for (const { file, find } of edits)
      expect({ file, find, times: readFileSync(file, 'utf8').split(find).length - 1 }).toEqual({
        file,
        find,
        times: 1,
      });
  },
);
