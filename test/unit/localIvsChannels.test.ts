import {
  CreateChannelCommand,
  type CreateChannelCommandInput,
  CreateStreamKeyCommand,
  DeleteChannelCommand,
  DeleteStreamKeyCommand,
  GetChannelCommand,
  GetStreamKeyCommand,
  GetStreamSessionCommand,
  ListChannelsCommand,
  ListStreamKeysCommand,
  ListStreamSessionsCommand,
  ListStreamsCommand,
  PutMetadataCommand,
  paginateListChannels,
  StopStreamCommand,
  UpdateChannelCommand,
} from '@aws-sdk/client-ivs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { tokenBuckets, unlimited } from '../../local/ivs/quotas.ts';
import { type CreatedChannel, createdChannel } from './localIvsCreated.ts';
import { ACCOUNT, ivsEvent, STREAM, startIvs, type TestIvs } from './localIvsEndpoint.ts';

let ivs: TestIvs;
beforeEach(async () => {
  ivs = await startIvs({ quota: unlimited });
});
afterEach(() => ivs.stop());

const create = (input: CreateChannelCommandInput = {}): Promise<CreatedChannel> => createdChannel(ivs, input);
const goLive = ({ arn }: CreatedChannel) =>
  ivs.simulator.applyEvent(ivsEvent('Stream Start', '10:00:00', { channel: arn }));
const refusal = (name: string, httpStatusCode: number) => ({ name, $metadata: { httpStatusCode } });
const notFound = refusal('ResourceNotFoundException', 404);
const conflict = refusal('ConflictException', 409);

describe('a channel that is created', () => {
  test("has the requested settings, the API's defaults for the others, and a stream key", async () => {
    const tags = { stack: 'UGC-test', user: 'u-1' };
    const { channel, streamKey } = await ivs.client.send(new CreateChannelCommand({ name: 'alice', tags }));
    expect(channel).toMatchObject({
      arn: expect.stringMatching(/^arn:aws:ivs:us-west-2:000000000000:channel\/[A-Za-z0-9]{12}$/),
      name: 'alice',
      type: 'STANDARD',
      latencyMode: 'LOW',
      authorized: false,
      insecureIngest: false,
      preset: '',
      containerFormat: 'TS',
      tags,
      ingestEndpoint: expect.stringMatching(/\.global-contribute\.live-video\.net$/),
      playbackUrl: expect.stringMatching(/^https:\/\/.*\.m3u8$/),
      srt: { passphrase: expect.stringMatching(/^\w{32}$/) },
    });
    expect(streamKey).toMatchObject({
      arn: expect.stringMatching(/:stream-key\/[A-Za-z0-9]{12}$/),
      value: expect.stringMatching(/^sk_us-west-2_/),
      channelArn: channel?.arn,
    });
    const read = await ivs.client.send(new GetChannelCommand({ arn: channel?.arn }));
    expect(read.channel).toEqual(channel);
  });

  test('is a new one each time, even with the same name: calls are not idempotent', async () => {
    const [one, other] = [await create({ name: 'alice' }), await create({ name: 'alice' })];
    expect(one.arn).not.toBe(other.arn);
    expect(one.key.value).not.toBe(other.key.value);
    const { channels } = await ivs.client.send(new ListChannelsCommand({ filterByName: 'alice' }));
    expect(channels).toHaveLength(2);
  });

  test('exists even if the answer was lost', async () => {
    ivs.simulator.faults.add({ operation: 'CreateChannel', failure: 'lostAnswer' });
    await expect(create({ name: 'alice' })).rejects.toThrow('socket hang up');
    expect(ivs.simulator.resources().channels.map(({ name }) => name)).toEqual(['alice']);
  });

  test('has a preset only if its type is an advanced one', async () => {
    expect((await create({ type: 'ADVANCED_HD' })).preset).toBe('HIGHER_BANDWIDTH_DELIVERY');
    const preset = 'CONSTRAINED_BANDWIDTH_DELIVERY';
    expect((await create({ type: 'ADVANCED_SD', preset })).preset).toBe(preset);
    expect((await create({ type: 'BASIC', preset })).preset).toBe('');
  });

  test.each<[string, CreateChannelCommandInput]>([
    ['a name with a space', { name: 'not allowed' }],
    ['a name of 129 letters', { name: 'a'.repeat(129) }],
    ['an unknown type', { type: 'ADVANCED_4K' as 'BASIC' }],
    ['a tag with an invalid character', { tags: { a: 'b!' } }],
    ['a tag of 257 letters', { tags: { a: 'b'.repeat(257) } }],
    ['51 tags', { tags: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, ''])) }],
    ['an invalid recording configuration', { recordingConfigurationArn: `${ACCOUNT}:channel/x` }],
    ['multitrack input in another container', { multitrackInputConfiguration: { enabled: true } }],
  ])('is refused with %s', async (_name, input) => {
    await expect(create(input)).rejects.toMatchObject({
      ...refusal('ValidationException', 400),
      exceptionMessage: expect.stringMatching(/\w/),
    });
    expect(ivs.simulator.resources().channels).toEqual([]);
  });
});

describe('a channel', () => {
  test('gets the settings of an update, and keeps the others', async () => {
    const { arn } = await create({ name: 'alice', latencyMode: 'NORMAL', tags: { a: 'b' } });
    await ivs.client.send(new UpdateChannelCommand({ arn, type: 'ADVANCED_HD', name: 'bob' }));
    const { channel } = await ivs.client.send(new GetChannelCommand({ arn }));
    expect(channel).toMatchObject({
      name: 'bob',
      type: 'ADVANCED_HD',
      latencyMode: 'NORMAL',
      tags: { a: 'b' },
    });
  });

  test('cannot be changed or deleted while it is live, and can be after the stream has ended', async () => {
    const channel = await create();
    const { arn } = channel;
    goLive(channel);
    const change = () => ivs.client.send(new UpdateChannelCommand({ arn, type: 'BASIC' }));
    const remove = () => ivs.client.send(new DeleteChannelCommand({ arn }));
    await expect(change()).rejects.toMatchObject(conflict);
    await ivs.client.send(new StopStreamCommand({ channelArn: arn }));
    await expect(remove()).rejects.toMatchObject(conflict);
    ivs.simulator.finishStops();
    expect((await change()).channel?.type).toBe('BASIC');
    expect((await remove()).$metadata.httpStatusCode).toBe(204);
  });

  test('is gone after a deletion, with its stream key, and its sessions stay', async () => {
    const channel = await create();
    const { arn } = channel;
    goLive(channel);
    ivs.simulator.applyEvent(ivsEvent('Stream End', '11:00:00', { channel: arn }));
    await ivs.client.send(new DeleteChannelCommand({ arn }));
    await expect(ivs.client.send(new GetChannelCommand({ arn }))).rejects.toMatchObject(notFound);
    await expect(ivs.client.send(new DeleteChannelCommand({ arn }))).rejects.toMatchObject(notFound);
    const { arn: key } = channel.key;
    await expect(ivs.client.send(new GetStreamKeyCommand({ arn: key }))).rejects.toMatchObject(notFound);
    const { streamSessions } = await ivs.client.send(new ListStreamSessionsCommand({ channelArn: arn }));
    expect(streamSessions?.map(({ streamId }) => streamId)).toEqual([STREAM]);
    const session = new GetStreamSessionCommand({ channelArn: arn, streamId: STREAM });
    expect((await ivs.client.send(session)).streamSession?.endTime).toEqual(new Date('2026-01-15T11:00:00Z'));
  });

  test('does not come back when an event of it arrives after the deletion', async () => {
    const channel = await create();
    await ivs.client.send(new DeleteChannelCommand({ arn: channel.arn }));
    goLive(channel);
    expect((await ivs.client.send(new ListChannelsCommand({}))).channels).toEqual([]);
    expect((await ivs.client.send(new ListStreamsCommand({}))).streams).toEqual([]);
  });

  test('is on one page of the list, with its tags', async () => {
    const made = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(user => create({ tags: { user } })));
    const listed: [string | undefined, unknown][] = [];
    for await (const page of paginateListChannels({ client: ivs.client, pageSize: 2 }, {})) {
      listed.push(...(page.channels ?? []).map(({ arn, tags }): [typeof arn, unknown] => [arn, tags]));
    }
    const expected = made.map(({ arn, tags }) => [arn, tags]).sort();
    expect(listed).toEqual(expected);
  });

  test('is refused at the quota of the account, until another one is deleted', async () => {
    await ivs.stop();
    ivs = await startIvs({ quota: unlimited, limits: { channels: 2 } });
    const { arn } = await create();
    await create();
    await expect(create()).rejects.toMatchObject(refusal('ServiceQuotaExceededException', 402));
    await ivs.client.send(new DeleteChannelCommand({ arn }));
    await create();
  });
});

describe('the stream key of a channel', () => {
  test('is the only one: a second is refused until the first is deleted', async () => {
    const { arn: channelArn, key } = await create();
    const second = () => ivs.client.send(new CreateStreamKeyCommand({ channelArn, tags: { a: 'b' } }));
    await expect(second()).rejects.toMatchObject(refusal('ServiceQuotaExceededException', 402));
    const deleted = await ivs.client.send(new DeleteStreamKeyCommand({ arn: key.arn }));
    expect(deleted.$metadata.httpStatusCode).toBe(204);
    const { streamKey } = await second();
    expect(streamKey?.value).not.toBe(key.value);
    const read = await ivs.client.send(new GetStreamKeyCommand({ arn: streamKey?.arn }));
    expect(read.streamKey).toEqual(streamKey);
    await expect(ivs.client.send(new GetStreamKeyCommand({ arn: key.arn }))).rejects.toMatchObject(notFound);
    await expect(ivs.client.send(new DeleteStreamKeyCommand({ arn: key.arn }))).rejects.toMatchObject(
      notFound,
    );
  });

  test('is listed without its value', async () => {
    const { arn: channelArn, key } = await create();
    const { streamKeys } = await ivs.client.send(new ListStreamKeysCommand({ channelArn }));
    expect(streamKeys).toEqual([{ arn: key.arn, channelArn, tags: {} }]);
  });

  test('needs an existing channel', async () => {
    const channelArn = `${ACCOUNT}:channel/missing`;
    await expect(ivs.client.send(new CreateStreamKeyCommand({ channelArn }))).rejects.toMatchObject(notFound);
  });
});

describe('timed metadata', () => {
  const put = (channelArn: string, metadata: string) =>
    ivs.client.send(new PutMetadataCommand({ channelArn, metadata }));

  test('reaches the viewers of a live channel only', async () => {
    const channel = await create();
    const offline = refusal('ChannelNotBroadcasting', 404);
    await expect(put(channel.arn, 'hello')).rejects.toMatchObject(offline);
    goLive(channel);
    expect((await put(channel.arn, 'hello')).$metadata.httpStatusCode).toBe(204);
    expect(ivs.simulator.delivered()).toEqual([{ to: channel.arn, payload: { metadata: 'hello' } }]);
  });

  test('may have up to 1 KB of UTF-8', async () => {
    const channel = await create();
    goLive(channel);
    await put(channel.arn, 'é'.repeat(512));
    await expect(put(channel.arn, `${'é'.repeat(512)}x`)).rejects.toMatchObject(
      refusal('ValidationException', 400),
    );
  });

  test('is limited to 5 a second per channel, and to 155 for all', async () => {
    const quota = tokenBuckets(() => 0);
    const calls = (count: number, arn: string) =>
      Array.from({ length: count }, () => quota('PutMetadata', arn)).filter(Boolean).length;
    expect(calls(9, 'first')).toBe(5);
    const others = Array.from({ length: 40 }, (_, n) => calls(5, `other-${n}`));
    // The four refused calls on the first channel count for the account as well.
    expect(others.reduce((sum, count) => sum + count, 0)).toBe(155 - 9);
  });
});
