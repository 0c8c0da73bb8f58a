import { describe, expect, test } from '@jest/globals';
import { getChannelPage } from '../../domain/channelPage.ts';
import { ForbiddenError, NotFoundError, RefusedValuesError } from '../../domain/errors.ts';
import { type Edit, editChannel, editStream } from '../../domain/ownChannel.ts';
import type { Channel } from '../../model/channel.ts';
import { shardOf } from '../../model/row.ts';
import { type Database, documentClient } from '../../store/database.ts';
import { localCredentials, useDatabase } from '../support/database.ts';
import { handling, readChannelRow, readSessions } from '../support/eventHandling.ts';
import { injectFaults } from '../support/faults.ts';
import { second, stateEvent } from '../support/ivsEvents.ts';
import { recordRequests } from '../support/requests.ts';
import { category, channel as channelWith, putRows } from '../support/rows.ts';

const database = useDatabase();
const clock = () => new Date('2026-01-15T11:00:00.000Z');

let made = 0;
async function newChannel(overrides: Partial<Channel> = {}): Promise<Channel> {
  const username = `caster-${++made}`;
  const row = channelWith({ username, title: 'Before', categoryId: 'before', ...overrides });
  await putRows(database(), 'channels', [row]);
  return row;
}

async function putCategories(...ids: string[]): Promise<void> {
  await putRows(
    database(),
    'categories',
    ids.map((id, index) => category({ id, sortOrder: index + 1 })),
  );
}

const edit = ({ id }: Channel, change: Edit, on: Database = database()) =>
  editChannel({ database: on, clock }, id, change);
const editOne = (owner: Channel, streamId: string, change: Edit, username = owner.username) =>
  editStream({ database: database(), clock }, { channelId: owner.id }, { username, streamId }, change);

const rowOf = ({ id }: Channel) => readChannelRow(database(), id);
async function sessionOf({ id }: Channel, streamId: string) {
  return (await readSessions(database(), id)).find(stream => stream.id === streamId);
}

let played = 0;
/** Folds events of a session, a few seconds apart. */
async function play({ arn }: Channel, streamId: string, names: readonly string[], on: Database = database()) {
  const { handle } = handling(on);
  for (const name of names) await handle(stateEvent(name, streamId, second(++played), { resources: [arn] }));
}

const starts = ['Session Created', 'Stream Start'];
const ends = ['Stream End', 'Session Ended'];
const described = (row: { title?: string | undefined; categoryId?: string | undefined } | undefined) => [
  row?.title,
  row?.categoryId,
];

describe('an edit of a channel', () => {
  test('applies to a stream that starts later', async () => {
    await putCategories('music');
    const channel = await newChannel();
    expect(await edit(channel, { title: 'After', categoryId: 'music' })).toMatchObject({ title: 'After' });
    await play(channel, 'st-1', starts);
    expect(described(await sessionOf(channel, 'st-1'))).toEqual(['After', 'music']);
    expect(await rowOf(channel)).toMatchObject({
      title: 'After',
      liveCategoryId: shardOf('music', channel.id),
    });
  });

  test('changes the open stream and its entry in the directory, and no ended stream', async () => {
    await putCategories('music');
    const channel = await newChannel();
    await play(channel, 'st-old', [...starts, ...ends]);
    await play(channel, 'st-open', starts);
    await edit(channel, { title: 'After', categoryId: 'music' });
    expect(described(await sessionOf(channel, 'st-old'))).toEqual(['Before', 'before']);
    expect(described(await sessionOf(channel, 'st-open'))).toEqual(['After', 'music']);
    const row = await rowOf(channel);
    expect([row.title, row.categoryId, row.liveCategoryId]).toEqual([
      'After',
      'music',
      shardOf('music', channel.id),
    ]);
    const page = await getChannelPage(database(), channel.username, undefined, clock().toISOString());
    expect(page.liveStream?.title).toBe(page.channel.title);
  });

  test('changes an open stream that is not live yet, and writes no directory entry', async () => {
    await putCategories('music');
    const channel = await newChannel();
    await play(channel, 'st-1', ['Session Created']);
    await edit(channel, { categoryId: 'music' });
    expect(described(await sessionOf(channel, 'st-1'))).toEqual(['Before', 'music']);
    expect((await rowOf(channel)).liveCategoryId).toBeUndefined();
    await play(channel, 'st-1', ['Stream Start']);
    expect((await rowOf(channel)).liveCategoryId).toBe(shardOf('music', channel.id));
  });

  test('keeps what it does not name, and removes the category with null', async () => {
    const channel = await newChannel();
    await play(channel, 'st-1', starts);
    await edit(channel, { title: 'After' });
    expect(described(await rowOf(channel))).toEqual(['After', 'before']);
    await edit(channel, { categoryId: null });
    const row = await rowOf(channel);
    expect([...described(row), row.liveCategoryId]).toEqual(['After', undefined, undefined]);
    expect(described(await sessionOf(channel, 'st-1'))).toEqual(['After', undefined]);
  });

  test('with an unknown category changes nothing', async () => {
    const channel = await newChannel();
    const refused = edit(channel, { title: 'After', categoryId: 'no-such' });
    await expect(refused).rejects.toThrow(RefusedValuesError);
    await expect(refused).rejects.toMatchObject({ errors: [{ field: 'categoryId' }] });
    expect(await rowOf(channel)).toEqual(channel);
  });

  test('without members writes nothing, and of a missing channel is an error', async () => {
    const channel = await newChannel();
    expect(await edit(channel, {})).toEqual(channel);
    expect(await rowOf(channel)).toEqual(channel);
    await expect(edit({ ...channel, id: 'nobody' }, { title: 'x' })).rejects.toThrow(NotFoundError);
  });

  test('takes two requests', async () => {
    await putCategories('music');
    const channel = await newChannel();
    await play(channel, 'st-1', starts);
    const { names, engine } = database();
    const client = documentClient({ ...localCredentials, endpoint: engine.endpoint });
    const sent = recordRequests(client);
    await edit(channel, { title: 'After', categoryId: 'music' }, { client, names });
    expect(sent()).toEqual(['BatchGetItem', 'TransactWriteItems']);
    client.destroy();
  });
});

describe('concurrent edits and events of a channel', () => {
  test('leave the same title and category on the open stream, the channel and the directory entry', async () => {
    const rounds = 8;
    const edits = Array.from({ length: 6 }, (_, n) => n);
    await putCategories(...edits.map(n => `c-${n}`));
    const { names, engine } = database();
    const client = documentClient({ ...localCredentials, endpoint: engine.endpoint });
    const { injected } = injectFaults(client, { transactionConflict: 0.15 }, Math.random);
    const on = { client, names };
    for (let round = 0; round < rounds; round++) {
      const channel = await newChannel();
      await play(channel, 'st-old', starts);
      await Promise.all([
        play(channel, 'st-new', starts, on),
        play(channel, 'st-old', ends, on),
        ...edits.map(n => edit(channel, { title: `t-${n}`, categoryId: `c-${n}` }, on)),
      ]);
      const row = await rowOf(channel);
      const [title = '', categoryId = ''] = described(row);
      expect(title.replace('t-', 'c-')).toBe(categoryId);
      expect(row).toMatchObject({
        isLive: true,
        openStreamId: 'st-new',
        liveCategoryId: shardOf(categoryId, channel.id),
      });
      expect(described(await sessionOf(channel, 'st-new'))).toEqual([title, categoryId]);
      const [oldTitle = '', oldCategory] = described(await sessionOf(channel, 'st-old'));
      expect(oldTitle === 'Before' ? 'before' : oldTitle.replace('t-', 'c-')).toBe(oldCategory);
    }
    client.destroy();
    expect(injected.transactionConflict).toBeGreaterThan(0);
  });

  test('lose no edit of either member', async () => {
    await putCategories('music');
    const channel = await newChannel();
    await play(channel, 'st-1', ['Session Created']);
    await Promise.all([
      edit(channel, { title: 'After' }),
      play(channel, 'st-1', ['Stream Start']),
      edit(channel, { categoryId: 'music' }),
    ]);
    const row = await rowOf(channel);
    expect([...described(row), row.liveCategoryId]).toEqual(['After', 'music', shardOf('music', channel.id)]);
    expect(described(await sessionOf(channel, 'st-1'))).toEqual(['After', 'music']);
  });
});

describe('an edit of a stream', () => {
  test('that has ended changes that stream only', async () => {
    await putCategories('music');
    const channel = await newChannel();
    await play(channel, 'st-1', [...starts, ...ends]);
    const before = await rowOf(channel);
    expect(await editOne(channel, 'st-1', { title: 'Highlights', categoryId: 'music' })).toMatchObject({
      title: 'Highlights',
      endedAt: expect.any(String),
    });
    expect(described(await sessionOf(channel, 'st-1'))).toEqual(['Highlights', 'music']);
    expect(await rowOf(channel)).toEqual(before);
    await editOne(channel, 'st-1', { categoryId: null });
    expect(described(await sessionOf(channel, 'st-1'))).toEqual(['Highlights', undefined]);
  });

  test('that has ended survives a late event of the stream', async () => {
    const channel = await newChannel();
    await play(channel, 'st-1', ['Stream Start', ...ends]);
    await editOne(channel, 'st-1', { title: 'Highlights' });
    const { handle } = handling(database());
    await handle(stateEvent('Session Created', 'st-1', second(0), { resources: [channel.arn] }));
    expect(await sessionOf(channel, 'st-1')).toMatchObject({
      title: 'Highlights',
      startedAt: '2026-01-15T10:00:00.000Z',
    });
  });

  test('that is open is an edit of its channel', async () => {
    const channel = await newChannel();
    await play(channel, 'st-1', starts);
    await editOne(channel, 'st-1', { title: 'After' }, channel.username.toUpperCase());
    expect(described(await sessionOf(channel, 'st-1'))).toEqual(['After', 'before']);
    expect(described(await rowOf(channel))).toEqual(['After', 'before']);
  });

  test("of another user's channel is forbidden, whether the stream exists or not", async () => {
    const [own, other] = [await newChannel(), await newChannel()];
    await play(other, 'st-theirs', [...starts, ...ends]);
    for (const id of ['st-theirs', 'st-none'])
      await expect(editOne(own, id, { title: 'Mine' }, other.username)).rejects.toThrow(ForbiddenError);
    expect(described(await sessionOf(other, 'st-theirs'))).toEqual(['Before', 'before']);
  });

  test('that does not exist, or has no channel, is an error that says so', async () => {
    const [own, other] = [await newChannel(), await newChannel()];
    await play(other, 'st-of-other', [...starts, ...ends]);
    await expect(editOne(own, 'st-none', { title: 'x' })).rejects.toThrow(NotFoundError);
    await expect(editOne(own, 'st-of-other', { title: 'x' })).rejects.toThrow(NotFoundError);
    await expect(editOne(own, 'st-none', { title: 'x' }, 'nobody')).rejects.toThrow(NotFoundError);
    // The stream has events, and none of them says that it has started.
    await play(own, 'st-unborn', ['Session Ended']);
    await expect(editOne(own, 'st-unborn', { title: 'x' })).rejects.toThrow(NotFoundError);
  });

  test('with an unknown category changes nothing', async () => {
    const channel = await newChannel();
    await play(channel, 'st-1', [...starts, ...ends]);
    await expect(editOne(channel, 'st-1', { title: 'x', categoryId: 'no-such' })).rejects.toThrow(
      RefusedValuesError,
    );
    expect(described(await sessionOf(channel, 'st-1'))).toEqual(['Before', 'before']);
  });
});
