import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { openApiDocument } from '../../lambdas/api/openApi.ts';
import { type OperationId, type RouteSpec, routes } from '../../model/routes.ts';
import { type TestApi, useApi } from '../support/api.ts';
import { recordWrites } from '../support/requests.ts';
import { faults, operationsOf, readOpenApi } from './openApi.ts';
import { type Caller, callers, newScene, operationCases, type SentRequest, tokenOf } from './operations.ts';

const api = useApi();
const document = readOpenApi(JSON.parse(JSON.stringify(openApiDocument())));
const isRead = (id: OperationId) => routes[id].method === 'get';
// Reads come first: they do not change the scene, so one scene serves all of them.
const operationIds = (Object.keys(routes) as OperationId[]).toSorted(
  (one, other) => Number(isRead(other)) - Number(isRead(one)),
);
const optional = new Set(
  operationsOf(document).flatMap(({ security, operationId }) => (security.length > 1 ? [operationId] : [])),
);

function send(to: TestApi, id: OperationId, { path, body }: SentRequest, token: string | undefined) {
  const spec: RouteSpec = routes[id];
  const headers = {
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
  };
  const sent = body === undefined ? null : JSON.stringify(body);
  return to.request(path, { method: spec.method.toUpperCase(), headers, body: sent });
}

async function read(response: Response) {
  const text = await response.text();
  const contentType = response.headers.get('content-type');
  return { status: response.status, contentType, body: text === '' ? undefined : JSON.parse(text) };
}

/** All IVS resources, and the calls to IVS. */
const atIvs = ({ ivs }: TestApi) => ({ resources: ivs.simulator.resources(), calls: ivs.simulator.calls() });

let written: () => string[];
beforeAll(() => {
  written = recordWrites(api().database.client);
});

let scene: Awaited<ReturnType<typeof newScene>> | undefined;

describe.each(operationIds)('%s', id => {
  beforeAll(async () => {
    if (scene === undefined || !isRead(id)) scene = await newScene(api());
  });
  // Streams that a request has stopped end before the next request is sent.
  afterEach(() => api().ivs.simulator.finishStops());

  const { request, expected, ...special } = operationCases[id];
  const [guest, other, owner] = expected;
  // Where the token is optional, a bad one is refused: the caller would mistake a guest's answer for their
  // own.
  const badToken = optional.has(id) ? 401 : guest;
  const statuses: Record<Caller, number> = {
    'no token': guest,
    'bad token': badToken,
    'expired token': badToken,
    'other user': other,
    'dismissed moderator': special.dismissed ?? other,
    moderator: special.moderator ?? other,
    owner,
  };

  test.each(callers)('requested with %s', async caller => {
    if (scene === undefined) throw new Error('the scene is made in beforeAll');
    const isRefused = statuses[caller] === 401 || statuses[caller] === 403;
    const before = atIvs(api());
    written();
    const response = await send(api(), id, request(scene), tokenOf(caller, scene));
    const answer = await read(response);
    expect([answer.status, faults(document, id, answer)]).toEqual([statuses[caller], []]);
    if (answer.status === 401) expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
    // A refused request changes nothing and does not call IVS.
    if (isRefused) {
      const { rateLimits } = api().database.names;
      expect(written().filter(table => table !== rateLimits)).toEqual([]);
      expect(atIvs(api())).toEqual(before);
    }
  });
});

test('the operations that declare a token are those that refuse requests without one', () => {
  const needing = operationsOf(document).filter(({ security }) => security.length === 1);
  const refused = operationIds.filter(id => operationCases[id].expected[0] === 401);
  // refreshSession takes its token in the body.
  expect(needing.map(({ operationId }) => operationId).toSorted()).toEqual(
    refused.filter(id => id !== 'refreshSession').toSorted(),
  );
});
