import { describe, expect, test } from '@jest/globals';
import { apiClient } from '../../client/client.ts';
import { API_URL, useApi } from '../support/api.ts';

const api = useApi();

/** A client whose requests go to the API in this process and are recorded. */
function recording(accessToken?: () => string | undefined | Promise<string | undefined>) {
  const sent: Request[] = [];
  const fetch = async (request: Request) => {
    sent.push(request.clone());
    const { method, headers, url } = request;
    const body = method === 'GET' ? null : (await request.text()) || null;
    return api().request(url.slice(API_URL.length), { method, headers, body });
  };
  const client = apiClient({
    baseUrl: API_URL,
    fetch,
    ...(accessToken === undefined ? {} : { accessToken }),
  });
  return { client, sent };
}

describe('the typed client', () => {
  test('returns the data of a success and the problem of a failure', async () => {
    const { client } = recording();
    const found = await client.GET('/v1/channels', { params: { query: { isLive: 'true', limit: 5 } } });
    expect(found.data).toEqual({ items: [], nextCursor: null });
    const params = { path: { username: 'nobody' } };
    const { data, error } = await client.GET('/v1/channels/{username}', { params });
    expect(data).toBeUndefined();
    // A misspelled member would not compile.
    expect(error?.type).toBe('urn:problem-type:not-found');
  });

  test('sends no token as a guest, and reads the current token for each request', async () => {
    const { accessToken } = await api().signUp();
    const tokens = [undefined, accessToken, 'gone'];
    const { client, sent } = recording(async () => tokens[sent.length]);
    const statuses: number[] = [];
    for (const _ of tokens) statuses.push((await client.GET('/v1/users/me')).response.status);
    expect(statuses).toEqual([401, 200, 401]);
    expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual([
      null,
      `Bearer ${accessToken}`,
      'Bearer gone',
    ]);
  });

  test('encodes path parameters, so that no value leads to another route', async () => {
    const { client, sent } = recording();
    const params = { path: { username: '../users/me?x=1#' } };
    expect((await client.GET('/v1/channels/{username}', { params })).response.status).toBe(404);
    expect(new URL(sent[0]?.url ?? '').pathname).toBe('/v1/channels/..%2Fusers%2Fme%3Fx%3D1%23');
  });

  test('sends bodies as JSON, and the headers that an operation declares', async () => {
    const { client, sent } = recording();
    const header = { 'Idempotency-Key': 'a key of sixteen or more'.replaceAll(' ', '-') };
    const body = { username: 'client-user', password: 'a long password' };
    const [first, second] = [
      await client.POST('/v1/users', { body, params: { header } }),
      await client.POST('/v1/users', { body, params: { header } }),
    ];
    expect(first.response.status).toBe(201);
    expect(second.data).toEqual(first.data);
    expect(sent[0]?.headers.get('content-type')).toBe('application/json');
  });
});
