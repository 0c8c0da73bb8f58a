import { CreateChannelCommand } from '@aws-sdk/client-ivs';
import { CreateStageCommand } from '@aws-sdk/client-ivs-realtime';
import { CreateRoomCommand } from '@aws-sdk/client-ivschat';
import { afterEach, describe, expect, test } from '@jest/globals';
import { SWEEP_AFTER_MS } from '../../lambdas/maintenance/sweep.ts';
import { arnsAtIvs, STACK, useWorld, type World } from './signUpWorld.ts';

const world = useWorld();

const tagsOf = ({ clock }: World, overrides: Record<string, string> = {}) => ({
  stack: STACK,
  user: 'nobody',
  createdAt: clock().toISOString(),
  ...overrides,
});

const channelWith = async (at: World, tags: Record<string, string>) => {
  const { channel } = await at.ivs.client.send(new CreateChannelCommand({ name: 'made', tags }));
  return channel?.arn ?? '';
};

const hourAndAMinute = SWEEP_AFTER_MS / 1000 + 60;

afterEach(async () => {
  const { simulator } = world().ivs;
  simulator.faults.clear();
  for (const { arn } of simulator.resources().channels) simulator.call('DeleteChannel', { arn });
  for (const { arn } of simulator.resources().rooms) simulator.call('DeleteRoom', { identifier: arn });
  for (const { arn } of simulator.resources().stages) simulator.call('DeleteStage', { arn });
});

describe('the sweeper', () => {
  test('deletes channels, rooms and stages that no user row names', async () => {
    const at = world();
    const tags = tagsOf(at);
    const channel = await channelWith(at, tags);
    const { arn: room = '' } = await at.ivs.chat.send(new CreateRoomCommand({ tags }));
    const { stage } = await at.ivs.realTime.send(new CreateStageCommand({ tags }));
    at.forward(hourAndAMinute);
    const report = await at.sweep();
    expect(report).toEqual({ listed: 3, removed: [channel, room, stage?.arn], failed: [] });
    expect(arnsAtIvs(at.ivs)).toEqual([]);
  });

  test('keeps resources that are young, of another stack, or without the right tags', async () => {
    const at = world();
    const kept = [
      await channelWith(at, tagsOf(at, { stack: 'UGC-other' })),
      await channelWith(at, {}),
      await channelWith(at, { stack: STACK, user: 'nobody' }),
      await channelWith(at, tagsOf(at, { createdAt: 'long ago' })),
    ];
    at.forward(hourAndAMinute);
    const young = await channelWith(at, tagsOf(at));
    const { removed } = await at.sweep();
    expect(removed).toEqual([]);
    expect(arnsAtIvs(at.ivs)).toEqual([...kept, young].sort());
  });

  test('keeps resources that rows of active users and of unfinished sign-ups name', async () => {
    const at = world();
    const { user } = await at.signUp('known');
    at.ivs.simulator.faults.add({ operation: 'CreateStage', failure: 'failed' });
    await expect(at.signUp('half')).rejects.toThrow();
    const kept = arnsAtIvs(at.ivs);
    expect(kept).toHaveLength(5);
    // A second channel of a user, which the user's row does not name.
    const second = await channelWith(at, tagsOf(at, { user: user.id }));
    at.forward(hourAndAMinute);
    expect((await at.sweep()).removed).toEqual([second]);
    expect(arnsAtIvs(at.ivs)).toEqual(kept);
    await at.deleteAccount(user.id);
    at.forward(25 * 60 * 60);
    await at.finishPending();
    expect(arnsAtIvs(at.ivs)).toEqual([]);
  });

  test('deletes nothing if any of the three lists fails on its last page', async () => {
    const at = world();
    const tags = tagsOf(at);
    // More than one page of each: 100 channels, 50 rooms, 100 stages.
    const { simulator } = at.ivs;
    for (let n = 0; n < 101; n++) {
      simulator.call('CreateChannel', { tags });
      if (n < 51) simulator.call('CreateRoom', { tags });
      simulator.call('CreateStage', { tags });
    }
    at.forward(hourAndAMinute);
    for (const operation of ['ListChannels', 'ListRooms', 'ListStages']) {
      simulator.faults.add({ operation, failure: 'unavailable', page: 2, times: 100 });
      let left = 2_000;
      const twoSeconds = {
        left: () => left,
        wait: async (ms: number) => {
          left -= ms;
        },
      };
      await expect(at.sweep(twoSeconds)).rejects.toThrow();
      expect([operation, arnsAtIvs(at.ivs).length]).toEqual([operation, 253]);
      simulator.faults.clear();
    }
    const { listed, removed, failed } = await at.sweep();
    expect([listed, removed.length, failed]).toEqual([253, 253, []]);
  });

  test('logs what it cannot delete, and continues', async () => {
    const at = world();
    const live = await channelWith(at, tagsOf(at));
    const idle = await channelWith(at, tagsOf(at));
    await at.goLive(live);
    at.forward(hourAndAMinute);
    expect(await at.sweep()).toEqual({ listed: 2, removed: [idle], failed: [live] });
    // The first run stopped the broadcast, so the next run can delete the channel.
    at.ivs.simulator.finishStops();
    expect(await at.sweep()).toEqual({ listed: 1, removed: [live], failed: [] });
  });
});
