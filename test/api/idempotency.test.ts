import { randomUUID } from 'node:crypto';
import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { ANSWER_SECONDS, KEY_LEASE_SECONDS } from '../../model/idempotency.ts';
import { NAME_HOLD_MS } from '../../model/username.ts';
import { type TestApi, useApi } from '../support/api.ts';
import { KilledError } from '../support/faults.ts';

const api = useApi();

const newUser = () => ({ username: `user-${randomUUID().slice(0, 12)}`, password: randomUUID() });

/** Sends a sign-up with an idempotency key, from `address` if given. */
function signUp(to: TestApi, body: object, key: string, address?: string): Promise<Response> {
  const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': key };
  return to.request('/v1/users', { method: 'POST', headers, body: JSON.stringify(body) }, address);
}

async function rowsOf(to: TestApi, table: 'users' | 'idempotency'): Promise<Record<string, unknown>[]> {
  const { client, names } = to.database;
  return (await client.send(new ScanCommand({ TableName: names[table], ConsistentRead: true }))).Items ?? [];
}

/**
 * Carries out the first `last` requests of a client. The answer to the last one and all later requests fail.
 */
function endAfter(client: DynamoDBDocumentClient, last: number, onRequest = () => {}) {
  let sent = 0;
  client.middlewareStack.add(
    next => async args => {
      if (sent >= last) throw new KilledError('gone');
      sent++;
      onRequest();
      const answer = await next(args);
      if (sent >= last) throw new KilledError('gone');
      return answer;
    },
    { step: 'initialize', name: 'endAfter' },
  );
  return { stop: () => void client.middlewareStack.remove('endAfter') };
}

const problem = z.object({ type: z.string(), errors: z.array(z.unknown()).optional() });
const problemOf = async (response: Response) => problem.parse(await response.clone().json());
const typeOf = async (response: Response) => (await problemOf(response)).type;

const signedIn = z.object({
  user: z.object({ id: z.string(), channelId: z.string() }),
  accessToken: z.string(),
  refreshToken: z.string(),
});

describe('a sign-up with an Idempotency-Key', () => {
  test('that is repeated makes one user, and gets the same answer', async () => {
    const [body, key] = [newUser(), randomUUID()];
    const first = await signUp(api(), body, key);
    const second = await signUp(api(), body, key);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(await second.text()).toBe(await first.clone().text());
    expect(second.headers.get('content-type')).toBe('application/json');
    expect([first, second].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true']);
    expect(second.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
    const users = (await rowsOf(api(), 'users')).filter(({ username }) => username === body.username);
    expect(users).toHaveLength(1);
    // The tokens of the stored answer work.
    const { accessToken } = signedIn.parse(await first.json());
    expect((await api().client(accessToken).GET('/v1/users/me')).response.status).toBe(200);
  });

  test('that was used with another body is refused', async () => {
    const [body, key] = [newUser(), randomUUID()];
    await signUp(api(), body, key);
    const other = await signUp(api(), { ...body, password: randomUUID() }, key);
    expect(other.status).toBe(422);
    expect(await typeOf(other)).toBe('urn:problem-type:idempotency-key-reused');
  });

  test('sent many times at once is done once, and the other requests are told that it is in progress', async () => {
    const [body, key] = [newUser(), randomUUID()];
    const answers = await Promise.all(Array.from({ length: 10 }, () => signUp(api(), body, key)));
    const made = answers.filter(({ status }) => status === 201);
    expect(made.filter(({ headers }) => !headers.has('idempotency-replayed'))).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 201)) {
      expect(answer.status).toBe(409);
      expect(await typeOf(answer)).toBe('urn:problem-type:idempotency-key-in-use');
      expect(answer.headers.get('retry-after')).toBe('1');
    }
    expect((await signUp(api(), body, key)).status).toBe(201);
  });

  test('is done again when its answer was to retry', async () => {
    const [body, key] = [newUser(), randomUUID()];
    for (const operation of ['CreateRoom', 'CreateRoom'])
      api().ivs.simulator.faults.add({ operation, failure: 'failed', times: 1 });
    const failed = await signUp(api(), body, key);
    expect(failed.status).toBeGreaterThanOrEqual(500);
    api().ivs.simulator.faults.clear();
    api().clock.advance(KEY_LEASE_SECONDS * 1000);
    expect((await signUp(api(), body, key)).status).toBe(201);
  });

  test('that failed releases its key: the next request does the work at once', async () => {
    const [body, key] = [newUser(), randomUUID()];
    api().ivs.simulator.faults.add({ operation: 'CreateChannel', failure: 'failed', times: 1 });
    expect((await signUp(api(), body, key)).status).toBeGreaterThanOrEqual(500);
    expect((await signUp(api(), body, key)).status).toBe(201);
  });

  test('that was refused is checked again, because the state may have changed', async () => {
    const [body, key] = [newUser(), randomUUID()];
    const holder = await api().signUp(body.username);
    expect((await signUp(api(), body, key)).status).toBe(409);
    const other = { username: `user-${randomUUID().slice(0, 12)}` };
    expect((await holder.api.PATCH('/v1/users/me', { body: other })).response.status).toBe(200);
    api().clock.advance(NAME_HOLD_MS);
    const again = await signUp(api(), body, key);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, null]);
  });

  test('is a new request for another user, for another operation, and a day later', async () => {
    const key = randomUUID();
    const [ann, bob] = [await api().signUp(), await api().signUp()];
    const header = { 'Idempotency-Key': key };
    const replace = (who: typeof ann) =>
      who.api.POST('/v1/channels/me/stream-key', { params: { header } }).then(({ data }) => data?.streamKey);
    const keys = [await replace(ann), await replace(bob), await replace(ann)];
    expect(keys[0]).toMatch(/./);
    expect(keys[1]).not.toBe(keys[0]);
    expect(keys[2]).toBe(keys[0]);
    const body = { username: ann.username, password: ann.password };
    const { response } = await api().client().POST('/v1/sessions', { params: { header }, body });
    expect(response.status).toBe(200);
    api().clock.advance(ANSWER_SECONDS * 1000);
    const { data } = await api().client().POST('/v1/sessions', { body });
    const later = await api()
      .client(data?.accessToken)
      .POST('/v1/channels/me/stream-key', { params: { header } });
    expect(later.response.status).toBe(201);
    expect(later.data?.streamKey).not.toBe(keys[0]);
  });

  test('that was killed after any of its database requests is done once by the next request', async () => {
    const { client } = api().database;
    const address = '192.0.2.1';
    let steps = 0;
    const counted = endAfter(client, Number.POSITIVE_INFINITY, () => steps++);
    await signUp(api(), newUser(), randomUUID());
    counted.stop();
    expect(steps).toBeGreaterThan(5);
    for (let last = 1; last <= steps; last++) {
      const [body, key] = [newUser(), randomUUID()];
      const { length: keysBefore } = await rowsOf(api(), 'idempotency');
      const ended = endAfter(client, last);
      await signUp(api(), body, key);
      ended.stop();
      // The first requests count the caller, the next one claims the key, and the last one stores the answer.
      const isTaken = (await rowsOf(api(), 'idempotency')).length > keysBefore;
      if (isTaken && last < steps) {
        const during = await signUp(api(), body, key, address);
        expect([last, during.status, await typeOf(during)]).toEqual([
          last,
          409,
          'urn:problem-type:idempotency-key-in-use',
        ]);
      }
      api().clock.advance(2 * KEY_LEASE_SECONDS * 1000);
      const answers = await Promise.all([signUp(api(), body, key), signUp(api(), body, key)]);
      const [final] = await Promise.all([signUp(api(), body, key)]);
      const statuses = new Set([final, ...answers].map(({ status }) => status));
      // If the user was made and the answer lost, the name is taken: 409, and the user can sign in.
      expect([[201], [201, 409], [409], [409, 201]]).toContainEqual([...statuses]);
      const users = (await rowsOf(api(), 'users')).filter(({ username }) => username === body.username);
      expect(users).toHaveLength(1);
      expect((await api().client().POST('/v1/sessions', { body })).response.status).toBe(200);
    }
  });

  test.each(['short', 'x'.repeat(129), 'with a space in it', 'ümlaut-ümlaut-ümlaut'])(
    'refuses a key like %j',
    async key => {
      const answer = await signUp(
        api(),
        newUser(),
        encodeURI(key).includes('%C3') ? key.replaceAll('ü', '\xfc') : key,
      );
      expect(answer.status).toBe(422);
      expect((await problemOf(answer)).errors).toEqual([
        { in: 'header', field: 'Idempotency-Key', message: expect.stringContaining('16 to 128') },
      ]);
    },
  );
});

test("no stored record contains a request's body, answer or key", async () => {
  const [body, key] = [newUser(), randomUUID()];
  const { user, accessToken, refreshToken } = signedIn.parse(await (await signUp(api(), body, key)).json());
  const [familyId = ''] = refreshToken.split('.');
  const rows = JSON.stringify(await rowsOf(api(), 'idempotency'));
  const secrets = [
    body.username,
    body.password,
    key,
    user.id,
    user.channelId,
    accessToken,
    refreshToken,
    familyId,
  ];
  for (const secret of secrets) {
    expect(rows).not.toContain(secret);
    expect(rows).not.toContain(Buffer.from(secret).toString('base64'));
    expect(rows).not.toContain(Buffer.from(secret).toString('base64url'));
  }
});
