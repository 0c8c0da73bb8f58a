import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openApiDocument } from '../../lambdas/api/openApi.ts';
import { startApi, type TestApi } from '../support/api.ts';
import { leaks, parseJson } from '../support/leaks.ts';
import { hostileJson, hostileText, nearly, valid } from './arbitraries.ts';
import { faults, operationsOf, readOpenApi } from './openApi.ts';
import { newScene, type Scene } from './operations.ts';

let started: TestApi | undefined;
beforeAll(async () => {
  started = await startApi();
});
afterAll(async () => {
  if (started === undefined) return;
  // The fuzzer sends passwords as user names too, and user names are public, so they are no secrets here.
  const found = await leaks({ ...started, requests: [] });
  await started.stop();
  expect(found).toEqual([]);
});

function api(): TestApi {
  if (started === undefined) throw new Error('the API is started in beforeAll');
  return started;
}

const document = readOpenApi(JSON.parse(JSON.stringify(openApiDocument())));
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 15);
// The same requests in every run. If all were accepted or all were refused, more are sent.
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
const ROUNDS = 10;

type Operation = ReturnType<typeof operationsOf>[number];
type Json = Parameters<typeof valid>[1];

/** A request of an operation. Members that are `undefined` are left out. */
interface FuzzedRequest {
  readonly path: Record<string, string>;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Record<string, string>;
  readonly body: string | null;
}

/** Requests of `operation`: valid ones, nearly valid ones and arbitrary ones. */
function requestsOf(operation: Operation, known: Record<string, string>): fc.Arbitrary<FuzzedRequest> {
  const inPart = (part: string) => operation.parameters.filter(parameter => parameter.in === part);
  const text = (schema: Json) =>
    fc.oneof(
      { weight: 4, arbitrary: valid(document, schema).map(String) },
      { weight: 1, arbitrary: hostileText },
    );

  const path = inPart('path').map(({ name, schema }) => {
    const there = fc.constant(known[name] ?? 'ann');
    return [name, fc.oneof({ weight: 2, arbitrary: there }, text(schema)).filter(isSegment)] as const;
  });
  const query = inPart('query').map(({ name, schema, required }) => {
    const given = text(schema).map((value): readonly [string, string][] => [[name, value]]);
    const once = required ? given : fc.oneof(given, fc.constant([]));
    return fc.oneof(
      { weight: 9, arbitrary: once },
      fc.tuple(given, given).map(both => both.flat()),
    );
  });
  const stray = fc.oneof(
    { weight: 3, arbitrary: fc.constant<readonly [string, string][]>([]) },
    fc.tuple(hostileText, hostileText).map((pair): readonly [string, string][] => [pair]),
  );
  const headers = inPart('header').map(
    ({ name, schema }) => [name, valid(document, schema).map(String)] as const,
  );
  const contentType = fc.oneof(
    { weight: 9, arbitrary: fc.constant('application/json') },
    fc.constantFrom('application/json; charset=utf-8', 'text/plain', 'application/xml', 'json', ''),
  );
  return fc
    .record({
      path: fc.record(Object.fromEntries(path)),
      query: fc.tuple(...query, stray).map(parts => parts.flat()),
      headers: fc.record(Object.fromEntries(headers), { requiredKeys: [] }),
      contentType,
      body: bodiesOf(operation),
    })
    .map(({ headers: given, contentType: type, ...rest }) => ({
      ...rest,
      headers: { ...given, ...(type === '' ? {} : { 'Content-Type': type }) },
    }));
}

function bodiesOf({ requestBody }: Operation): fc.Arbitrary<string | null> {
  if (requestBody === undefined) return fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, hostileText);
  const bodies = valid(document, requestBody.content['application/json']?.schema ?? {});
  const asText = (value: Json) => JSON.stringify(value);
  return fc.oneof(
    { weight: 4, arbitrary: bodies.map(asText) },
    { weight: 4, arbitrary: nearly(bodies).map(asText) },
    { weight: 1, arbitrary: hostileJson.map(asText) },
    {
      weight: 1,
      arbitrary: fc.oneof(hostileText, fc.constantFrom('', '{', '[]', '"', '﻿{}', `"${'x'.repeat(20_000)}"`)),
    },
  );
}

const LONE_HALF = /\p{Cs}/u;

// Dots would lead to another path, and a lone surrogate cannot be encoded in a URL.
const isSegment = (text: string) => text !== '' && !/^\.{1,2}$/.test(text) && !LONE_HALF.test(text);

function urlOf({ path }: Operation, request: FuzzedRequest): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(request.path[name] ?? ''),
  );
  const pairs = request.query.map(pair =>
    pair.map(text => encodeURIComponent(text.replace(/\p{Cs}/gu, '�'))).join('='),
  );
  return pairs.length === 0 ? filled : `${filled}?${pairs.join('&')}`;
}

// Reads come first, because they do not change the scene.
const isRead = ({ method }: Operation) => method === 'get';
const operations = operationsOf(document).toSorted(
  (one, other) => Number(isRead(other)) - Number(isRead(one)),
);
/** The operations that end the scene: they rename or delete the owner, or end the stream. */
const ending = new Set(['updateMe', 'deleteMe', 'stopStream']);
/** Succeed only for an image or a request of before, whose id no generated request knows. */
const needsEarlier = new Set(['confirmImage', 'resetPassword']);
let scene: Scene | undefined;

describe.each(operations)('$operationId', operation => {
  const { operationId, method, security } = operation;
  beforeAll(async () => {
    scene ??= await newScene(api());
  });
  afterAll(() => {
    if (ending.has(operationId)) scene = undefined;
  });

  test('answers any request as the document declares, and never with a 5xx', async () => {
    if (scene === undefined) throw new Error('the scene is made in beforeAll');
    const { owner, other, streamId } = scene;
    const { userId: id, username, channelId } = owner;
    const statuses = new Map<number, number>();
    const faultless = new Set<string>();
    const requests = requestsOf(operation, {
      ...{
        username,
        streamId,
        userId: id,
        bannedUsername: other.username,
        moderatorUsername: other.username,
      },
    });
    const property = fc.asyncProperty(requests, fc.boolean(), async (request, isUser) => {
      // One second per request keeps the caller below every rate limit, and the tokens valid.
      api().clock.advance(1_000);
      const token =
        isUser || security.length > 0
          ? await api().tokens.issue({ id, username, channelId }, randomUUID())
          : '';
      const headers = { ...request.headers, ...(token === '' ? {} : { Authorization: `Bearer ${token}` }) };
      const { body } = request;
      const url = urlOf(operation, request);
      const sentBody = method === 'get' ? null : body;
      const response = await api().request(url, { method: method.toUpperCase(), headers, body: sentBody });
      const text = await response.text();
      const answered = {
        status: response.status,
        contentType: response.headers.get('content-type'),
        body: text === '' ? undefined : parseJson(text),
      };
      statuses.set(answered.status, (statuses.get(answered.status) ?? 0) + 1);
      expect(response.status < 500 || text).toBe(true);
      const whole = `${answered.status} ${answered.contentType} ${text}`;
      // The answer of getOpenApi is long and always the same, so it is checked once.
      if (!faultless.has(whole)) expect(faults(document, operationId, answered)).toEqual([]);
      faultless.add(whole);
      expect(response.headers.get('x-request-id')).toMatch(/./);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('cache-control')).toMatch(/./);
    });
    const isTaken = () =>
      [...statuses.keys()].some(status => status < 300 || status === 401 || status === 409);
    const isRefused = () => [...statuses.keys()].some(status => status >= 400);
    for (let round = 0; round === 0 || (round < ROUNDS && !(isTaken() && isRefused())); round++) {
      await fc.assert(property, { numRuns: RUNS, seed: SEED + round });
    }
    expect([isTaken() || needsEarlier.has(operationId), isRefused()]).toEqual([true, true]);
  });
});
