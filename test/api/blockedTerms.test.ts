import { DeleteCommand, GetCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { MAX_BLOCKED_TERMS_BYTES } from '../../lambdas/api/chat/routes.ts';
import { type Member, useApi } from '../support/api.ts';

const api = useApi();
let owner: Member;
beforeEach(async () => {
  owner = await api().signUp();
});

const path = (username: string) => ({ params: { path: { username } } });
const read = (as: Member, username = as.username) =>
  as.api.GET('/v1/channels/{username}/chat/blocked-terms', path(username));
const put = (as: Member, terms: string[], username = as.username) =>
  as.api.PUT('/v1/channels/{username}/chat/blocked-terms', { ...path(username), body: { terms } });

async function roomKey(member: Member) {
  const { data } = await member.api.GET('/v1/users/me');
  return { TableName: api().database.names.chatRooms, Key: { id: data?.chatRoom.id } };
}
async function roomRow(member: Member) {
  return (await api().database.client.send(new GetCommand(await roomKey(member)))).Item;
}

describe('blocked terms', () => {
  test('are empty at first, and then as the owner typed them', async () => {
    expect((await read(owner)).data).toEqual({ terms: [] });
    // Some of these terms have a meaning in a regular expression.
    const terms = ['Spoiler', '(a+)+$', '.*x', 'das Ende', 'конец', '\\d', '終'];
    const before = await roomRow(owner);
    expect((await put(owner, terms)).data).toEqual({ terms });
    expect((await read(owner)).data).toEqual({ terms });
    const updatedAt = api().clock.now().toISOString();
    expect(await roomRow(owner)).toEqual({ ...before, blockedTerms: terms, updatedAt });
    expect((await put(owner, [])).data).toEqual({ terms: [] });
    expect((await read(owner)).data).toEqual({ terms: [] });
  });

  test('are trimmed, and the same term in another case is kept once', async () => {
    const { data } = await put(owner, [' Spoiler ', 'SPOILER', 'end', 'spoiler', 'End']);
    expect(data).toEqual({ terms: ['Spoiler', 'end'] });
  });

  test('can be read and changed by the owner of the channel only', async () => {
    await put(owner, ['spoiler']);
    const other = await api().signUp();
    expect((await read(other, owner.username)).response.status).toBe(403);
    expect((await put(other, ['end'], owner.username)).response.status).toBe(403);
    expect((await put(other, ['end'], 'nobody')).response.status).toBe(404);
    expect((await read(owner)).data).toEqual({ terms: ['spoiler'] });
    expect((await read(other)).data).toEqual({ terms: [] });
  });

  test('fit into a request body at the maximum number of terms, in any script', async () => {
    const longest = (place: number) => `${place}`.padEnd(50, '\u0b95');
    const terms = Array.from({ length: 100 }, (_, place) => longest(place));
    expect((await put(owner, terms)).data).toEqual({ terms });
    expect((await put(owner, [...terms, 'one more'])).response.status).toBe(422);
    expect((await read(owner)).data).toEqual({ terms });
  });

  test('fit into a request body in the longest encoding that JSON has for them', async () => {
    const escaped = (text: string) =>
      text.replaceAll(/[\s\S]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
    // Two bytes of UTF-8 that JSON can write as eighteen.
    const longest = (place: number) => `${place}`.padEnd(50, '\u0390');
    const terms = Array.from({ length: 100 }, (_, place) => longest(place));
    const body = `{"terms":[${terms.map(term => `"${escaped(term.normalize('NFD'))}"`)}]}`;
    expect(body.length).toBeGreaterThan(80_000);
    const headers = { Authorization: `Bearer ${owner.accessToken}`, 'Content-Type': 'application/json' };
    const send = (body: string) =>
      api().request(`/v1/channels/${owner.username}/chat/blocked-terms`, { method: 'PUT', headers, body });
    const answer = await send(body);
    expect([answer.status, await answer.json()]).toEqual([200, { terms }]);
    expect((await send(body.padEnd(MAX_BLOCKED_TERMS_BYTES))).status).toBe(200);
    expect((await send(body.padEnd(MAX_BLOCKED_TERMS_BYTES + 1))).status).toBe(413);
  });

  test.each([
    ['nothing', ''],
    ['spaces', ' \u3000 '],
    // Reviews compare letters and digits only, so this term would never match.
    ['punctuation alone', '.*'],
    ['an emoji', '🍆'],
    ['zero-width characters', '\u200b\u200d'],
    ['an accent alone', '\u0301'],
    ['51 characters', 'x'.repeat(51)],
    ['two lines', 'one\ntwo'],
    ['a lone surrogate', 'x\ud83c'],
  ])('of %s are a 422, and nothing changes', async (_, term) => {
    await put(owner, ['spoiler']);
    const { response, error } = await put(owner, ['fine', term]);
    expect([response.status, error]).toEqual([
      422,
      expect.objectContaining({
        errors: expect.arrayContaining([expect.objectContaining({ field: 'terms.1' })]),
      }),
    ]);
    expect((await read(owner)).data).toEqual({ terms: ['spoiler'] });
  });

  test('of a deleted room are a 404, and do not create the room again', async () => {
    const key = await roomKey(owner);
    await api().database.client.send(new DeleteCommand(key));
    expect((await read(owner)).response.status).toBe(404);
    expect((await put(owner, ['spoiler'])).response.status).toBe(404);
    expect((await api().database.client.send(new GetCommand(key))).Item).toBeUndefined();
  });
});
