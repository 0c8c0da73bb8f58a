import { beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { PublicProfileEdit } from '../../domain/accounts/publicProfile.ts';
import { type Member, useApi } from '../support/api.ts';
import { stageEvent } from '../support/ivsEvents.ts';
import { recordRequests } from '../support/requests.ts';

const api = useApi();
let sent: () => string[];
beforeAll(() => {
  sent = recordRequests(api().database.client);
});

const shownUser = z.looseObject({ username: z.string() });
const answer = z.looseObject({
  items: z
    .array(
      z.looseObject({
        username: z.string().optional(),
        channel: shownUser.optional(),
        user: shownUser.optional(),
      }),
    )
    .default([]),
  stage: z.looseObject({ arn: z.string() }).nullish(),
});
const profile = { displayName: 'Ann Lee', bio: 'Guitar at night.', color: '#ff8800' };
const card = { displayName: profile.displayName, color: profile.color };
const unset = { displayName: null, bio: null, color: null, avatarUrl: null, bannerUrl: null };

async function edit(member: Member, body: object) {
  const response = await api().request('/v1/users/me/profile', {
    method: 'PATCH',
    headers: { Authorization: `Bearer ${member.accessToken}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  return [response.status, await response.json()] as const;
}

async function get(path: string, member?: Member) {
  const headers = member === undefined ? {} : { Authorization: `Bearer ${member.accessToken}` };
  const response = await api().request(path, { headers });
  expect(response.status).toBe(200);
  return answer.parse(await response.json());
}

const itemOf = async (path: string, { username }: Member) => {
  const { items } = await get(path);
  return items.find(item => item.username === username);
};

/** Ends or begins a member's presence on their own stage. */
async function publish(member: Member, name: 'Participant Published' | 'Participant Unpublished') {
  const { stage } = await get('/v1/users/me', member);
  api().clock.advance(1_000);
  const at = api().clock.now().toISOString();
  await api().tell({
    ...stageEvent(name, 'host', at, { resources: [stage?.arn ?? ''] }),
    id: `${name}${at}`,
  });
}

test('a profile is changed one field at a time, and null removes a field', async () => {
  const ann = await api().signUp();
  expect(await edit(ann, {})).toEqual([200, unset]);
  expect(await edit(ann, { displayName: '  Ann Lee ', color: '#FF8800' })).toEqual([
    200,
    { ...unset, ...card },
  ]);
  expect(await edit(ann, { bio: profile.bio })).toEqual([200, { ...unset, ...profile }]);
  expect(await get('/v1/users/me', ann)).toMatchObject(profile);
  expect(await edit(ann, { displayName: null, bio: null })).toEqual([
    200,
    { ...unset, color: profile.color },
  ]);
  expect(await get(`/v1/users/${ann.userId}`)).toMatchObject({ ...unset, color: profile.color });
});

test('public texts with a word that is masked in chat are refused, and change nothing', async () => {
  const ann = await api().signUp();
  const streamId = await api().goLive(ann);
  await edit(ann, profile);
  const refused = async (path: string, body: object, fields: readonly string[]) => {
    const response = await api().request(path, {
      method: 'PATCH',
      headers: { Authorization: `Bearer ${ann.accessToken}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(422);
    const errors = fields.map(field => ({ field, message: expect.stringMatching(/masked in chat \(.*\*+/) }));
    expect(await response.json()).toMatchObject({ errors });
  };
  const both = { displayName: 'Sh1t Show', bio: 'What a f.u.c.k', color: '#000000' };
  await refused('/v1/users/me/profile', both, ['displayName', 'bio']);
  await refused('/v1/channels/me', { title: 'Holy shit', categoryId: null }, ['title']);
  await refused(`/v1/channels/${ann.username}/streams/${streamId}`, { title: 'Holy shit' }, ['title']);
  expect(await get(`/v1/channels/${ann.username}`)).toMatchObject({
    ...profile,
    title: `${ann.username}'s stream`,
  });
  // Ordinary words and names.
  const ordinary = { displayName: 'Anna Dyke of Scunthorpe', bio: 'Classic cul-de-sac' };
  expect(await edit(ann, ordinary)).toMatchObject([200, ordinary]);
});

test('a change takes two database requests, and the same values again one', async () => {
  const ann = await api().signUp();
  sent();
  await edit(ann, profile);
  await edit(ann, profile);
  const requests = sent().filter(name => name !== 'UpdateItem');
  expect(requests).toEqual(['BatchGetItem', 'TransactWriteItems', 'BatchGetItem']);
});

test.each<[string, unknown]>([
  ['no visible character', { displayName: '\u200b' }],
  ['two lines', { displayName: 'Ann\nLee' }],
  ['characters that change the direction', { displayName: 'Ann \u202e' }],
  ['more than 50 characters', { displayName: 'é'.repeat(51) }],
  ['an empty name', { displayName: '' }],
  ['the name of staff', { displayName: 'Official Support' }],
  ['the name of staff in Cyrillic letters', { displayName: 'аdmіn' }],
  ['the name of staff with digits and accents', { displayName: '~ Ädm1n ~' }],
  ['the name of the platform', { displayName: 'The\u00a0Team'.slice(4) }],
  ['a bio of more than 200 characters', { bio: 'a'.repeat(201) }],
  ['a color by name', { color: 'red' }],
  ['a short color', { color: '#fff' }],
  ['a field of nobody', { avatarUrl: 'https://example.com/a.png' }],
])('a profile with %s is refused', async (_, body) => {
  const ann = await api().signUp();
  expect((await edit(ann, body as object))[0]).toBe(422);
  expect(await get(`/v1/users/${ann.userId}`)).toMatchObject(unset);
});

test.each(['Ann Administers', 'Teamwork', 'Ann 👩‍🎤', '安', 'Ångström'])(
  '%s is a valid display name',
  async name => {
    const ann = await api().signUp();
    expect(await edit(ann, { displayName: name })).toEqual([200, { ...unset, displayName: name }]);
  },
);

test('every list and page of a channel shows the profile and whether the stage is live, without more requests', async () => {
  const [ann, fan] = await Promise.all([api().signUp(), api().signUp()]);
  await fan.api.PUT('/v1/channels/{username}/follow', { params: { path: { username: ann.username } } });
  await ann.api.PUT('/v1/channels/{username}/follow', { params: { path: { username: fan.username } } });
  await edit(ann, profile);
  const off = { ...card, isStageLive: false };
  expect(await itemOf('/v1/channels?isLive=false', ann)).toMatchObject(off);
  await publish(ann, 'Participant Published');
  const on = { ...card, isStageLive: true };
  expect(await itemOf('/v1/channels?isLive=false', ann)).toMatchObject(on);
  await api().goLive(ann);
  sent();
  expect(await itemOf('/v1/channels?isLive=true', ann)).toMatchObject(on);
  expect(sent()).toEqual(['Query', 'Query', 'Query', 'Query']);
  expect(await itemOf(`/v1/search?q=${ann.username}`, ann)).toMatchObject(on);
  expect(await itemOf('/v1/stages?isLive=true', ann)).toMatchObject(card);
  expect(await get(`/v1/channels/${ann.username}`)).toMatchObject({ ...on, bio: profile.bio });
  expect((await get('/v1/users/me/following', fan)).items[0]?.channel).toMatchObject(on);
  expect((await get(`/v1/channels/${fan.username}/followers`, fan)).items[0]?.user).toMatchObject(card);
  await publish(ann, 'Participant Unpublished');
  expect(await get(`/v1/channels/${ann.username}`)).toMatchObject(off);
});

test('a profile and a name that change at the same time both change, also while a stream starts', async () => {
  const ann = await api().signUp();
  const username = `${ann.username}2`;
  const edits: PublicProfileEdit[] = [{ displayName: 'Ann' }, { color: '#000001' }, { bio: 'Hello.' }];
  await Promise.all([
    ann.api.PATCH('/v1/users/me', { body: { username } }),
    api().goLive(ann),
    ...edits.map(change => edit(ann, change)),
  ]);
  const shown = { displayName: 'Ann', color: '#000001', bio: 'Hello.', username };
  expect(await get(`/v1/channels/${username}`)).toMatchObject({ ...shown, isLive: true });
  expect(await get(`/v1/users/${ann.userId}`)).toMatchObject(shown);
});

test('a profile cannot be changed once the account is deleted', async () => {
  const ann = await api().signUp();
  await ann.api.DELETE('/v1/users/me');
  expect((await edit(ann, profile))[0]).toBe(401);
});
