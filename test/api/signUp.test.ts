import { describe, expect, test } from '@jest/globals';
import { budgetOf } from '../../ivs/budget.ts';
import { NAME_HOLD_MS } from '../../model/username.ts';
import { useApi } from '../support/api.ts';

/** Divides the time that a deletion waits for IVS. */
let waitDivisor = 1;
const api = useApi({ timeFor: ms => budgetOf(ms / waitDivisor) });

const PASSWORD = 'correct horse battery';

const signUp = async (username: string, password = PASSWORD) => {
  const response = await api().request('/v1/users', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
};

const deleteMe = (accessToken: string) =>
  api().request('/v1/users/me', { method: 'DELETE', headers: { Authorization: `Bearer ${accessToken}` } });

/** The IVS resources that are tagged with a user. */
function atIvs(userId: string): string[] {
  const { channels, rooms, stages } = api().ivs.simulator.resources();
  return [...channels, ...rooms, ...stages]
    .filter(({ tags }) => tags['user'] === userId)
    .map(({ arn }) => arn.split(':').at(-1)?.split('/')[0] ?? '');
}

describe('POST /v1/users', () => {
  test.each(['CreateChannel', 'CreateRoom', 'CreateStage'])(
    'is a 503 with a reason while the quota of %s is used up, and the same request then continues',
    async operation => {
      const username = `quota-${operation.toLowerCase()}`;
      api().ivs.simulator.faults.add({ operation, failure: 'quota' });
      const refused = await signUp(username);
      expect([refused.status, refused.body.reason]).toEqual([503, 'ivs-quota']);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(api().logs.at(-2)).toMatchObject({ level: 'error', fields: { reason: 'ivs-quota' } });
      const { status, body } = await signUp(username);
      expect([status, atIvs(body.user.id)]).toEqual([201, ['channel', 'room', 'stage']]);
    },
  );

  test('signs up and in: the tokens work, and the profile lists the new resources', async () => {
    const { status, body } = await signUp('Ann');
    expect([status, body]).toEqual([
      201,
      {
        user: expect.objectContaining({ username: 'Ann' }),
        accessToken: expect.any(String),
        refreshToken: expect.any(String),
        deviceToken: expect.any(String),
        expiresIn: 900,
      },
    ]);
    const me = await api().request('/v1/users/me', {
      headers: { Authorization: `Bearer ${body.accessToken}` },
    });
    const profile = JSON.parse(await me.text());
    expect([me.status, profile]).toMatchObject([
      200,
      { username: 'Ann', channel: { id: body.user.channelId } },
    ]);
    const ivs = api().ivs.simulator.resources();
    expect(ivs.channels.map(({ arn }) => arn)).toContain(profile.channel.arn);
    expect(ivs.rooms.map(({ arn }) => arn)).toContain(profile.chatRoom.arn);
    expect(ivs.stages.map(({ arn }) => arn)).toContain(profile.stage.arn);
  });

  test('sent 50 times at once for one name is answered with one 201 and 49 409s', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => signUp(n % 2 === 0 ? 'Popular' : 'pOPULAR')),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array.from({ length: 49 }, () => 409)]);
    for (const { status, body } of answers)
      if (status === 409) expect(body).toMatchObject({ type: 'urn:problem-type:conflict' });
    const winner = answers.find(({ status }) => status === 201);
    expect(atIvs(winner?.body.user.id).sort()).toEqual(['channel', 'room', 'stage']);
  });

  test('that IVS fails is a 503, and the same request then completes: 201', async () => {
    const { faults } = api().ivs.simulator;
    faults.add({ operation: 'CreateStage', failure: 'failed' });
    const first = await signUp('patient');
    expect([first.status, first.body.type]).toEqual([503, 'urn:problem-type:unavailable']);
    expect(Number(first.headers.get('Retry-After'))).toBeGreaterThan(0);
    expect((await signUp('patient')).status).toBe(201);
  });

  test('for a name whose sign-up is in progress waits for its lease: 409 with Retry-After', async () => {
    const { faults } = api().ivs.simulator;
    faults.add({ operation: 'CreateRoom', failure: 'throttled', times: 3 });
    const [slow, second] = await Promise.all([
      signUp('crowded'),
      // The first request has claimed the name by the time that IVS has failed once.
      waitFor(() => faults.pending().every(({ times }) => times < 3)).then(() => signUp('crowded')),
    ]);
    expect([slow.status, second.status]).toEqual([201, 409]);
    expect(Number(second.headers.get('Retry-After'))).toBeGreaterThan(0);
  });
});

describe('DELETE /v1/users/me', () => {
  test('is a 204 when everything is deleted; the tokens stop working, and the name is free after 30 days', async () => {
    const { accessToken, refreshToken, userId, username } = await api().signUp();
    const { status } = await deleteMe(accessToken);
    expect([status, atIvs(userId)]).toEqual([204, []]);
    const me = await api().request('/v1/users/me', { headers: { Authorization: `Bearer ${accessToken}` } });
    expect(me.status).toBe(401);
    const refreshed = await api().request('/v1/sessions/refresh', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ refreshToken }),
    });
    expect(refreshed.status).toBe(401);
    expect((await deleteMe(accessToken)).status).toBe(204);
    expect((await signUp(username)).status).toBe(409);
    api().clock.advance(NAME_HOLD_MS);
    expect((await signUp(username)).status).toBe(201);
  });

  test('of a live user ends the broadcast and removes it from the directory', async () => {
    const member = await api().signUp();
    await api().goLive(member);
    const directory = async () => (await api().request('/v1/channels?isLive=true&limit=100')).text();
    expect(await directory()).toContain(member.username);
    expect((await deleteMe(member.accessToken)).status).toBe(204);
    expect(await directory()).not.toContain(member.username);
    expect(atIvs(member.userId)).toEqual([]);
  });

  test('that IVS throttles is a 202 with Retry-After; the next request is a 204', async () => {
    const { accessToken, userId } = await api().signUp();
    const { faults } = api().ivs.simulator;
    faults.add({ operation: 'DeleteStage', failure: 'throttled', times: 100 });
    waitDivisor = 24;
    const first = await deleteMe(accessToken);
    waitDivisor = 1;
    expect([first.status, await first.json()]).toEqual([202, { status: 'deleting' }]);
    expect(Number(first.headers.get('Retry-After'))).toBeGreaterThan(0);
    expect(atIvs(userId)).toEqual(['stage']);
    faults.clear();
    expect((await deleteMe(accessToken)).status).toBe(204);
    expect(atIvs(userId)).toEqual([]);
  });
});

/** Resolves once `holds` returns true. */
async function waitFor(holds: () => boolean): Promise<void> {
  const end = Date.now() + 5_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error('the condition was not met within 5 seconds');
    await new Promise(resolve => setImmediate(resolve));
  }
}
