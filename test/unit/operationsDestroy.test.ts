import { CreateChannelCommand } from '@aws-sdk/client-ivs';
import { CreateStageCommand } from '@aws-sdk/client-ivs-realtime';
import { CreateRoomCommand } from '@aws-sdk/client-ivschat';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Budget } from '../../ivs/budget.ts';
import { userResources } from '../../ivs/userResources.ts';
import { unlimited } from '../../local/ivs/quotas.ts';
import { type DestroyOptions, destroyStack } from '../../operations/destroyStack.ts';
import type { RemovableResources } from '../../operations/removeResources.ts';
import { ivsEvent, startIvs, type TestIvs } from './localIvsEndpoint.ts';

const STACK = 'UGC-test';

let ivs: TestIvs;
beforeAll(async () => {
  ivs = await startIvs({ quota: unlimited, stopDelayMs: 10 });
});
afterAll(() => ivs.stop());
beforeEach(() => {
  const { simulator } = ivs;
  simulator.faults.clear();
  const { channels, rooms, stages } = simulator.resources();
  for (const { arn } of channels) simulator.call('DeleteChannel', { arn });
  for (const { arn } of rooms) simulator.call('DeleteRoom', { identifier: arn });
  for (const { arn } of stages) simulator.call('DeleteStage', { arn });
});

const arns = () => {
  const { channels, rooms, stages } = ivs.simulator.resources();
  return [...channels, ...rooms, ...stages].map(({ arn }) => arn).sort();
};

const tags = (stack = STACK) => ({ stack, user: 'u', createdAt: '2026-01-15T10:00:00.000Z' });

const channelOf = async (stack?: string) => {
  const { channel } = await ivs.client.send(new CreateChannelCommand({ tags: tags(stack) }));
  return channel?.arn ?? '';
};

/** A channel, a room and a stage, as each user has. */
async function user(stack?: string) {
  const room = await ivs.chat.send(new CreateRoomCommand({ tags: tags(stack) }));
  const { stage } = await ivs.realTime.send(new CreateStageCommand({ tags: tags(stack) }));
  return [await channelOf(stack), room.arn ?? '', stage?.arn ?? ''];
}

/** A time budget of some seconds, in which waiting takes no time. */
function impatient(): Budget {
  let left = 3_000;
  return {
    left: () => left,
    wait: async ms => {
      left -= ms;
    },
  };
}

/** A stack of its own, and a record of questions and output. */
function world() {
  const clients = { ivs: ivs.client, chat: ivs.chat, realTime: ivs.realTime };
  const patient = userResources(clients, { stackName: STACK, clock: () => new Date() });
  const resources: RemovableResources = {
    ...patient,
    list: kind => patient.list(kind, impatient()),
    deleteStage: arn => patient.deleteStage(arn, impatient()),
  };
  const at = {
    exists: true,
    isProtected: false,
    said: [] as string[],
    asked: 0,
    deletes: 0,
    resources,
    run: (overrides: Partial<DestroyOptions> = {}) =>
      destroyStack({
        stack: STACK,
        resources,
        deployment: deployment(false),
        force: false,
        confirm: async () => {
          at.asked += 1;
          return true;
        },
        say: line => at.said.push(line),
        signal: new AbortController().signal,
        intervalMs: 0,
        ...overrides,
      }),
  };
  const deployment = (retainsData: boolean) => ({
    retainsData,
    cloudFormation: {
      state: async () => (at.exists ? { status: 'CREATE_COMPLETE', isProtected: at.isProtected } : undefined),
      endProtection: async () => {
        at.isProtected = false;
      },
    },
    delete: async () => {
      at.deletes += 1;
      // CloudFormation cannot delete a protected stack, or one with a resource that IVS still uses.
      if (arns().length > 0 || at.isProtected) return false;
      at.exists = false;
      return true;
    },
  });
  return { at, deployment };
}

describe('destroying a stack', () => {
  test('lists and deletes its IVS resources, then the stack; a second run has nothing to do', async () => {
    const { at } = world();
    const [channel] = await user();
    await user();
    expect(await at.run()).toBe('destroyed');
    expect(arns()).toEqual([]);
    expect(at).toMatchObject({ exists: false, deletes: 1, asked: 1 });
    expect(at.said[0]).toBe(
      'The stack UGC-test (CREATE_COMPLETE) and these resources at IVS will be deleted:',
    );
    expect(at.said[1]).toMatch(/^ {2}2 channels: arn:.*, arn:.*$/);
    expect(at.said[1]).toContain(channel);
    expect(await at.run()).toBe('nothing');
    expect(at).toMatchObject({ deletes: 1, asked: 1 });
  });

  test('does not touch resources of other stacks, nor those without tags', async () => {
    const { at, deployment } = world();
    const kept = await user('UGC-other');
    const { channel } = await ivs.client.send(new CreateChannelCommand({}));
    await user();
    const whole = { ...deployment(false), delete: async () => true };
    expect(await at.run({ deployment: whole })).toBe('destroyed');
    expect(arns()).toEqual([...kept, channel?.arn].sort());
  });

  test('stops a live channel, and deletes it', async () => {
    const { at } = world();
    const channel = await channelOf();
    ivs.simulator.applyEvent(ivsEvent('Stream Start', '10:00:00', { channel }));
    expect(await at.run()).toBe('destroyed');
    expect(arns()).toEqual([]);
  });

  test('deletes nothing without a confirmation', async () => {
    const { at } = world();
    const made = await user();
    expect(await at.run({ confirm: async () => false })).toBe('refused');
    expect([arns(), at.deletes]).toEqual([made.sort(), 0]);
  });

  test.each(['ListChannels', 'ListRooms', 'ListStages'])('deletes nothing when %s fails', async operation => {
    const { at } = world();
    const made = await user();
    ivs.simulator.faults.add({ operation, failure: 'failed', times: 100 });
    await expect(at.run({ force: true })).rejects.toThrow();
    expect([arns(), at.deletes]).toEqual([made.sort(), 0]);
  });

  test('is refused while the stack is protected or its stage keeps data, unless FORCE=1', async () => {
    const { at, deployment } = world();
    const made = await user();
    at.isProtected = true;
    await expect(at.run()).rejects.toThrow('UGC-test is protected against deletion: set FORCE=1');
    at.isProtected = false;
    await expect(at.run({ deployment: deployment(true) })).rejects.toThrow('UGC-test is protected');
    expect([arns(), at.asked]).toEqual([made.sort(), 0]);
    at.isProtected = true;
    expect(await at.run({ force: true, deployment: deployment(true) })).toBe('destroyed');
    expect(at).toMatchObject({ exists: false, asked: 0 });
  });

  test('stops when it is interrupted, and continues when it is run again', async () => {
    const { at } = world();
    for (let n = 0; n < 4; n++) await user();
    const stop = new AbortController();
    const resources = {
      ...at.resources,
      deleteRoom: async (arn: string) => {
        await at.resources.deleteRoom(arn);
        stop.abort();
      },
    };
    expect(await at.run({ resources, signal: stop.signal })).toBe('interrupted');
    expect(at.deletes).toBe(0);
    const left = arns().length;
    expect([left > 0, left < 12]).toEqual([true, true]);
    expect(await at.run()).toBe('destroyed');
    expect(arns()).toEqual([]);
  });

  test('deletes resources that were created meanwhile, and then the stack that they blocked', async () => {
    const { at, deployment } = world();
    await user();
    const whole = deployment(false);
    const during = {
      ...whole,
      delete: async () => {
        if (at.deletes === 0) await user();
        return whole.delete();
      },
    };
    expect(await at.run({ deployment: during })).toBe('destroyed');
    expect([arns(), at.deletes, at.said.at(-2)]).toEqual([
      [],
      2,
      '3 resources were created at IVS in the meantime',
    ]);
  });

  test('names resources that cannot be deleted, and keeps the stack until they can', async () => {
    const { at } = world();
    const [, , stage] = await user();
    ivs.simulator.faults.add({ operation: 'DeleteStage', failure: 'failed', times: 100 });
    expect(await at.run()).toBe('left');
    expect([arns(), at.deletes]).toEqual([[stage], 0]);
    expect(at.said).toContainEqual(expect.stringContaining(`not deleted: ${stage}`));
    ivs.simulator.faults.clear();
    expect(await at.run()).toBe('destroyed');
  });

  test('deletes the IVS resources of the local stack, which has no CloudFormation stack', async () => {
    const { at } = world();
    await user();
    expect(await at.run({ deployment: undefined })).toBe('destroyed');
    expect([arns(), at.deletes]).toEqual([[], 0]);
    expect(await at.run({ deployment: undefined })).toBe('nothing');
  });
});
