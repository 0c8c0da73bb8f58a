import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { deleteUnusedImages } from '../../domain/images/images.ts';
import { getUser } from '../../store/users.ts';
import { type Member, useApi } from '../support/api.ts';
import { png } from '../support/png.ts';

const api = useApi();
const form = z.object({
  uploadId: z.string(),
  url: z.string(),
  fields: z.record(z.string(), z.string()),
  maxBytes: z.number(),
  expiresAt: z.string(),
});
const shown = z.object({ avatarUrl: z.string().nullable(), bannerUrl: z.string().nullable() });
type Kind = 'avatar' | 'banner';

function send({ accessToken }: Member, method: string, path: string, body?: object) {
  const headers = {
    Authorization: `Bearer ${accessToken}`,
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
  };
  return api().request(`/v1/users/me/images/${path}`, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
  });
}

async function start(member: Member, kind: Kind = 'avatar', contentType = 'image/png') {
  const response = await send(member, 'POST', `${kind}/uploads`, { contentType });
  expect(response.status).toBe(201);
  return form.parse(await response.json());
}

/** Posts a file as a browser does, and returns the status. */
async function post(to: z.infer<typeof form>, file: Buffer, changed: Record<string, string> = {}) {
  const data = new FormData();
  for (const [name, value] of Object.entries({ ...to.fields, ...changed })) data.append(name, value);
  data.append('file', new Blob([new Uint8Array(file)]), 'me.png');
  return (await fetch(to.url, { method: 'POST', body: data })).status;
}

async function upload(member: Member, file: Buffer, kind: Kind = 'avatar'): Promise<string> {
  const to = await start(member, kind);
  expect(await post(to, file)).toBe(204);
  return to.uploadId;
}

async function confirm(member: Member, uploadId: string, kind: Kind = 'avatar') {
  const response = await send(member, 'PUT', kind, { uploadId });
  return [response.status, await response.json()] as const;
}

async function show(member: Member, file: Buffer, kind: Kind = 'avatar') {
  const [status, body] = await confirm(member, await upload(member, file, kind), kind);
  expect(status).toBe(200);
  return shown.parse(body);
}

const keysOf = ({ userId }: Member) =>
  api()
    .images.keys()
    .filter(key => key.includes(userId));
const isPending = async ({ userId }: Member) => (await getUser(api().database, userId))?.pending;
const pathOf = (url: string | null) => url?.replace('https://recordings.example/', '') ?? '';

describe('an upload', () => {
  test('is shown once it is checked, under a new key, and the upload is deleted', async () => {
    const ann = await api().signUp();
    const { avatarUrl } = await show(ann, png(64, 64));
    expect(avatarUrl).toMatch(
      new RegExp(`^https://recordings\\.example/images/${ann.userId}/avatar-[0-9a-f]{32}\\.png$`),
    );
    expect(keysOf(ann)).toEqual([pathOf(avatarUrl)]);
    expect(api().images.objects.get(pathOf(avatarUrl))?.contentType).toBe('image/png');
    expect(await isPending(ann)).toBeUndefined();
    const page = await api().request(`/v1/channels/${ann.username}`);
    expect(await page.json()).toMatchObject({ avatarUrl, bannerUrl: null });
    const list = await (await api().request(`/v1/search?q=${ann.username}`)).json();
    expect(list).toMatchObject({ items: [{ avatarUrl }] });
  });

  test('replaces the former image, which is deleted, and leaves the other kind', async () => {
    const ann = await api().signUp();
    const { bannerUrl } = await show(ann, png(200, 128), 'banner');
    const first = await show(ann, png(64, 64));
    const second = await show(ann, png(65, 65));
    expect(second).toEqual({ avatarUrl: expect.not.stringMatching(`${first.avatarUrl}`), bannerUrl });
    expect(keysOf(ann)).toEqual([pathOf(second.avatarUrl), pathOf(bannerUrl)]);
  });

  test('that is confirmed again, also at the same time, changes nothing', async () => {
    const ann = await api().signUp();
    const uploadId = await upload(ann, png(64, 64));
    const [status, body] = await confirm(ann, uploadId);
    expect(status).toBe(200);
    expect(await confirm(ann, uploadId)).toEqual([200, body]);
    const another = await upload(ann, png(70, 70));
    const results = await Promise.all([1, 2, 3].map(() => confirm(ann, another)));
    expect(results.every(([code]) => code === 200 || code === 404)).toBe(true);
    const { avatar } = (await getUser(api().database, ann.userId)) ?? {};
    expect(keysOf(ann)).toEqual([avatar]);
    expect(await isPending(ann)).toBeUndefined();
  });

  test('of somebody else, of another kind, or that never came is a 404', async () => {
    const [ann, eve] = await Promise.all([api().signUp(), api().signUp()]);
    const uploadId = await upload(ann, png(128, 128));
    expect((await confirm(eve, uploadId))[0]).toBe(404);
    expect((await confirm(ann, uploadId, 'banner'))[0]).toBe(404);
    expect((await confirm(ann, (await start(ann)).uploadId))[0]).toBe(404);
    expect((await confirm(ann, uploadId))[0]).toBe(200);
  });

  test.each<[string, Buffer]>([
    ['an SVG with a script', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>')],
    ['a GIF that is HTML too', Buffer.from('GIF89a/*<html><script>1</script></html>')],
    ['an image with HTML behind it', Buffer.concat([png(64, 64), Buffer.from('<script>1</script>')])],
    ['a text', Buffer.from('hello')],
    ['an image that is too small', png(63, 64)],
    ['an image that is too wide', png(2049, 64)],
  ])('of %s is refused with a reason, is deleted, and leaves the former image', async (_, file) => {
    const ann = await api().signUp();
    const before = await show(ann, png(64, 64));
    const [status, body] = await confirm(ann, await upload(ann, file));
    expect([status, body]).toMatchObject([422, { errors: [{ field: 'uploadId' }] }]);
    expect(keysOf(ann)).toEqual([pathOf(before.avatarUrl)]);
  });
});

describe('the form of an upload', () => {
  test.each<[string, (ann: Member) => Promise<Record<string, string>>]>([
    ['another key', async ann => ({ key: `images/${ann.userId}/avatar.png` })],
    ['another content type', async () => ({ 'Content-Type': 'text/html' })],
    ['a field that is not in the policy', async () => ({ acl: 'public-read' })],
    ['the policy of another upload', async ann => ({ Policy: (await start(ann)).fields['Policy'] ?? '' })],
  ])('with %s is refused', async (_, change) => {
    const ann = await api().signUp();
    expect(await post(await start(ann), png(64, 64), await change(ann))).toBe(403);
    expect(keysOf(ann)).toEqual([]);
  });

  test('accepts files of at most 2 MB for an avatar and 4 MB for a banner, and none that is empty', async () => {
    const ann = await api().signUp();
    for (const [kind, maxBytes] of [
      ['avatar', 2 * 1024 * 1024],
      ['banner', 4 * 1024 * 1024],
    ] as const) {
      const to = await start(ann, kind);
      expect(to.maxBytes).toBe(maxBytes);
      expect(await post(to, Buffer.alloc(maxBytes + 1))).toBe(400);
      expect(await post(to, Buffer.alloc(0))).toBe(400);
      expect(await post(to, Buffer.alloc(maxBytes))).toBe(204);
    }
  });

  test('expires after ten minutes', async () => {
    const ann = await api().signUp();
    const to = await start(ann);
    api().clock.advance(10 * 60_000);
    expect(await post(to, png(64, 64))).toBe(403);
  });

  test.each(['image/svg+xml', 'text/html', 'image/bmp'])('is not given for %s', async contentType => {
    const ann = await api().signUp();
    expect((await send(ann, 'POST', 'avatar/uploads', { contentType })).status).toBe(422);
    expect((await send(ann, 'POST', 'picture/uploads', { contentType: 'image/png' })).status).toBe(404);
  });
});

describe('an image', () => {
  test('is deleted by its owner, as often as they ask', async () => {
    const ann = await api().signUp();
    await show(ann, png(64, 64));
    for (let time = 0; time < 2; time++) expect((await send(ann, 'DELETE', 'avatar')).status).toBe(204);
    expect(keysOf(ann)).toEqual([]);
    const profile = await (await api().request(`/v1/users/${ann.userId}`)).json();
    expect(profile).toMatchObject({ avatarUrl: null });
    expect(await isPending(ann)).toBeUndefined();
  });

  test('is deleted with the account, and none can be shown afterwards', async () => {
    const ann = await api().signUp();
    await show(ann, png(64, 64));
    await show(ann, png(200, 128), 'banner');
    const late = await upload(ann, png(64, 64));
    expect((await ann.api.DELETE('/v1/users/me')).response.status).toBe(204);
    expect((await confirm(ann, late))[0]).toBe(401);
    expect(keysOf(ann)).toEqual([`uploads/${ann.userId}/avatar-${late}`]);
  });

  test('that a killed request left is deleted by the schedule, but not while the request may still run', async () => {
    const ann = await api().signUp();
    const { avatarUrl } = await show(ann, png(64, 64));
    const { database, images, clock } = api();
    // As if the process had ended before it showed the image.
    const path = `images/${ann.userId}/avatar-left.png`;
    const bucket = { ...images.bucket, put: () => Promise.reject(new Error('killed')) };
    images.objects.put(path, { contentType: 'image/png', bytes: png(64, 64) });
    await recordOnly(ann, path);
    expect(await isPending(ann)).toBe('true');
    expect(await deleteUnusedImages({ database, bucket, clock: clock.now }, ann.userId)).toBe(false);
    expect(keysOf(ann)).toContain(path);
    clock.advance(11 * 60_000);
    expect(await deleteUnusedImages({ database, bucket, clock: clock.now }, ann.userId)).toBe(true);
    expect(keysOf(ann)).toEqual([pathOf(avatarUrl)]);
    expect(await isPending(ann)).toBeUndefined();
  });
});

/** Records an object that no profile shows. */
async function recordOnly({ userId }: Member, path: string): Promise<void> {
  const { database, clock } = api();
  const user = await getUser(database, userId);
  if (user === undefined) throw new Error('the user exists');
  const { putRows } = await import('../support/rows.ts');
  const left = { path, uploadId: 'f'.repeat(32), recordedAt: clock.now().toISOString() };
  await putRows(database, 'users', [
    { ...user, pending: 'true', imageObjects: [...(user.imageObjects ?? []), left] },
  ]);
}
