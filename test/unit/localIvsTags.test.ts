import {
  TagResourceCommand as TagChannel,
  ListTagsForResourceCommand as TagsOfChannel,
  UntagResourceCommand as UntagChannel,
} from '@aws-sdk/client-ivs';
import {
  CreateStageCommand,
  TagResourceCommand as TagStage,
  ListTagsForResourceCommand as TagsOfStage,
} from '@aws-sdk/client-ivs-realtime';
import {
  CreateRoomCommand,
  TagResourceCommand as TagRoom,
  ListTagsForResourceCommand as TagsOfRoom,
} from '@aws-sdk/client-ivschat';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { unlimited } from '../../local/ivs/quotas.ts';
import { createdChannel } from './localIvsCreated.ts';
import { CHANNEL, startIvs, type TestIvs } from './localIvsEndpoint.ts';

let ivs: TestIvs;
beforeEach(async () => {
  ivs = await startIvs({ quota: unlimited });
});
afterEach(() => ivs.stop());

describe('tags', () => {
  test('of a channel and of its stream key can be added, replaced and removed', async () => {
    const channel = await createdChannel(ivs, { tags: { a: '1', b: '2' } });
    for (const resourceArn of [channel.arn, channel.key.arn]) {
      await ivs.client.send(new TagChannel({ resourceArn, tags: { b: '3', c: '4' } }));
      await ivs.client.send(new UntagChannel({ resourceArn, tagKeys: ['a', 'other'] }));
      const { tags } = await ivs.client.send(new TagsOfChannel({ resourceArn }));
      expect(tags).toEqual({ b: '3', c: '4' });
    }
  });

  test('of a room and of a stage may have any characters', async () => {
    const tags = { note: 'what is this?!' };
    const { arn: room } = await ivs.chat.send(new CreateRoomCommand({}));
    await ivs.chat.send(new TagRoom({ resourceArn: room, tags }));
    expect((await ivs.chat.send(new TagsOfRoom({ resourceArn: room }))).tags).toEqual(tags);
    const { stage } = await ivs.realTime.send(new CreateStageCommand({}));
    await ivs.realTime.send(new TagStage({ resourceArn: stage?.arn, tags }));
    expect((await ivs.realTime.send(new TagsOfStage({ resourceArn: stage?.arn }))).tags).toEqual(tags);
    const { arn } = await createdChannel(ivs, {});
    await expect(ivs.client.send(new TagChannel({ resourceArn: arn, tags }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  test('need an existing resource', async () => {
    await expect(ivs.client.send(new TagsOfChannel({ resourceArn: CHANNEL }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test('of a room cannot be read from the API of IVS channels', async () => {
    const { arn } = await ivs.chat.send(new CreateRoomCommand({}));
    await expect(ivs.client.send(new TagsOfChannel({ resourceArn: arn }))).rejects.toMatchObject({
      name: 'UnknownOperationException',
    });
  });
});
