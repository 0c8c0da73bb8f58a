import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { reasons } from '../../domain/errors.ts';
import { createApi } from '../../lambdas/api/api.ts';
import { openApiDocument } from '../../lambdas/api/openApi.ts';
import { type RouteSpec, routes } from '../../model/routes.ts';
import { type TableName, tableNames } from '../../model/tables.ts';
import { documentClient } from '../../store/database.ts';
import { apiDependencies } from '../support/api.ts';
import { localCredentials } from '../support/database.ts';
import { answerFaults, faults, operationsOf, readOpenApi } from './openApi.ts';

const document = readOpenApi(JSON.parse(JSON.stringify(openApiDocument())));
const byName = (a: string, b: string) => a.localeCompare(b);

const listed = Object.entries<RouteSpec>(routes).map(([id, { method, path }]) => `${id} ${method} ${path}`);

test('the document and the list of routes have the same operations', () => {
  const operations = operationsOf(document).map(
    ({ operationId, method, path }) => `${operationId} ${method} ${path}`,
  );
  expect(operations.toSorted(byName)).toEqual(listed.toSorted(byName));
});

test('every route has a handler, and every handler has a route', () => {
  const client = documentClient(localCredentials);
  const names = Object.fromEntries(tableNames.map(name => [name, name])) as Record<TableName, string>;
  const api = createApi(apiDependencies({ client, names }));
  const handled = api.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
  const expected = listed.map(route => route.replace(/^\w+ /, ''));
  expect([...new Set(handled)].toSorted(byName)).toEqual(expected.toSorted(byName));
});

test('every answer declares the request id, and the headers for caching, retrying and signing in', () => {
  const operations = operationsOf(document);
  const responses = operations.flatMap(operation =>
    Object.entries(operation.responses).map(([status, { headers }]) => ({ ...operation, status, headers })),
  );
  expect(responses.length).toBeGreaterThan(100);
  for (const { operationId, status, headers, parameters, responses: all } of responses) {
    const isCached = '304' in all;
    const isCreated = Number(status) < 300 && parameters.some(({ name }) => name === 'Idempotency-Key');
    const expected = [
      'X-Request-Id',
      'Cache-Control',
      ...(['202', '409', '429', '503'].includes(status) ? ['Retry-After'] : []),
      ...(status === '401' ? ['WWW-Authenticate'] : []),
      ...(isCached && ['200', '304'].includes(status) ? ['ETag'] : []),
      ...(isCreated ? ['Idempotency-Replayed'] : []),
      ...(setsCookie(operationId, Number(status)) ? ['Set-Cookie'] : []),
      ...(status === '308' ? ['Location'] : []),
    ];
    expect([status, Object.keys(headers)]).toEqual([status, expected]);
  }
});

/** Successes that give or end a sign-in, and a refresh that is refused, answer with cookies. */
function setsCookie(operationId: string, status: number): boolean {
  if (operationId === 'refreshSession' && status === 401) return true;
  const ofSignIns = [
    'createUser',
    'createSession',
    'refreshSession',
    'resetPassword',
    'deleteSession',
    'deleteMe',
  ];
  return status < 300 && ofSignIns.includes(operationId);
}

test('every public read but the health check may be cached, and nothing else', () => {
  for (const { operationId, method, security, responses } of operationsOf(document)) {
    // Where the token is optional, the answer without it is public.
    const isPublic = security.length !== 1;
    const isPublicRead = method === 'get' && isPublic && operationId !== 'getHealth';
    expect([operationId, '304' in responses]).toEqual([operationId, isPublicRead]);
  }
});

test('every answer with a JSON body has an example that its schema accepts', () => {
  const examples = operationsOf(document).flatMap(({ operationId, responses }) =>
    Object.entries(responses).flatMap(([status, { content }]) => {
      const { 'application/json': json } = content;
      return json === undefined ? [] : [{ operationId, status: Number(status), body: json.example }];
    }),
  );
  expect(examples.length).toBeGreaterThan(30);
  for (const { operationId, status, body } of examples) {
    expect([operationId, body]).not.toEqual([operationId, undefined]);
    const answer = { status, contentType: 'application/json', body };
    expect([operationId, faults(document, operationId, answer)]).toEqual([operationId, []]);
  }
});

test('every path with a name of a user or a channel leads to the new name after a rename, and no other', () => {
  for (const { operationId, path, responses } of operationsOf(document))
    expect([operationId, '308' in responses]).toEqual([operationId, /username\}/i.test(path)]);
});

test('every tag is declared and used', () => {
  const used = new Set(operationsOf(document).flatMap(({ tags }) => tags));
  expect([...used].toSorted(byName)).toEqual(document.tags.map(({ name }) => name).toSorted(byName));
});

test('every reason of a problem is declared by some operation', () => {
  const sources = ['domain', 'lambdas'].flatMap(folder =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.ts') && name !== 'errors.ts')
      .map(name => readFileSync(join(folder, name), 'utf8')),
  );
  const isGiven = (reason: string) => sources.some(source => source.includes(`'${reason}'`));
  expect(
    Object.values(reasons)
      .flat()
      .filter(reason => !isGiven(reason)),
  ).toEqual([]);
});

test('operations for users declare the token and the answer without it', () => {
  const operations = operationsOf(document);
  const forUsers = operations.filter(({ security }) => security.length > 0);
  expect(forUsers.length).toBeGreaterThan(10);
  for (const { security, responses } of forUsers) {
    // Here the token is optional: the API tells users apart by it, and guests need none.
    expect(security).toEqual(security.length === 1 ? [{ bearerAuth: [] }] : [{}, { bearerAuth: [] }]);
    expect(responses).toHaveProperty('401');
  }
  for (const { requestBody, responses } of operations)
    for (const status of ['413', '415']) expect(status in responses).toBe(requestBody !== undefined);
});

test('a body refuses members that the document does not declare', () => {
  const bodies = operationsOf(document).flatMap(({ requestBody }) => requestBody ?? []);
  expect(bodies.length).toBeGreaterThan(5);
  for (const { content } of bodies) {
    const reference = content['application/json']?.schema['$ref'];
    const name = String(reference).replace('#/components/schemas/', '');
    expect([name, document.components.schemas[name]]).toEqual([
      name,
      expect.objectContaining({ type: 'object', additionalProperties: false }),
    ]);
  }
});

describe('the check of answers against the document', () => {
  const answer = (body: unknown, status = 200, contentType = 'application/json') => ({
    status,
    contentType,
    body,
  });
  const category = { id: 'music', name: 'Music' };

  test('finds nothing wrong with a declared answer', () => {
    const body = { items: [category], nextCursor: null };
    expect(faults(document, 'listCategories', answer(body))).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['an undeclared nested member', { items: [{ ...category, streamKey: 'sk' }], nextCursor: null }],
    ['an undeclared member', { items: [], nextCursor: null, total: 0 }],
    ['a missing member', { items: [] }],
    ['a value of another type', { items: [{ id: 1, name: 'Music' }], nextCursor: null }],
  ])('finds %s', (_, body) => {
    expect(faults(document, 'listCategories', answer(body))).toHaveLength(1);
  });

  test('finds an undeclared status and an undeclared content type', () => {
    const body = { status: 'ok' };
    expect(faults(document, 'getHealth', answer(body, 201))).toHaveLength(1);
    expect(faults(document, 'getHealth', answer(body, 200, 'text/plain'))).toHaveLength(1);
  });

  test('finds an undeclared header, and a reason that is missing, wrong or not allowed', () => {
    const given = (kind: string, reason?: string, headers: Record<string, string> = {}) =>
      answerFaults(document, {
        method: 'PUT',
        path: '/v1/channels/ann/follow?x=1',
        status: 409,
        headers: new Headers({ 'content-type': 'application/problem+json', ...headers }),
        text: JSON.stringify({ type: `urn:problem-type:${kind}`, reason }),
      });
    expect(given('conflict', 'self', { 'retry-after': '1', vary: 'Origin' })).toEqual([]);
    expect(given('conflict', 'self', { 'x-other': '1' })).toEqual([
      'the 409 of followChannel has the header x-other',
    ]);
    expect(given('conflict')).toHaveLength(1);
    expect(given('conflict', 'banned')).toHaveLength(1);
    expect(given('not-found', 'self')).toHaveLength(1);
  });

  test('finds a reference that does not resolve', () => {
    const broken = JSON.stringify(document).replaceAll('schemas/Category"', 'schemas/Categry"');
    expect(() => readOpenApi(JSON.parse(broken))).toThrow('#/components/schemas/Categry does not resolve');
  });
});
