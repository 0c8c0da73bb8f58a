import { describe, expect, test } from '@jest/globals';
import { cursorCodec } from '../../domain/cursors.ts';
import { createApi } from '../../lambdas/api.ts';
import { openApiDocument } from '../../lambdas/openApi.ts';
import { type RouteSpec, routes } from '../../model/routes.ts';
import { documentClient } from '../../store/database.ts';
import { localCredentials } from '../support/database.ts';
import { recordingLogger } from './logs.ts';
import { faults, operationsOf, readOpenApi } from './openApi.ts';

const document = readOpenApi(JSON.parse(JSON.stringify(openApiDocument())));
const byName = (a: string, b: string) => a.localeCompare(b);

const listed = Object.entries<RouteSpec>(routes).map(([id, { method, path }]) => `${id} ${method} ${path}`);

test('every route of the list is in the document, and every operation of it in the list', () => {
  const operations = operationsOf(document).map(
    ({ operationId, method, path }) => `${operationId} ${method} ${path}`,
  );
  expect(operations.toSorted(byName)).toEqual(listed.toSorted(byName));
});

test('every route of the list has a handler, and every handler is in the list', () => {
  const client = documentClient(localCredentials);
  const api = createApi({
    database: { client, names: { channels: 'c', streams: 's', categories: 'k' } },
    cursors: cursorCodec(async () => ''),
    logger: recordingLogger(),
    allowedOrigins: '*',
  });
  const handled = api.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
  const expected = listed.map(route => route.replace(/^\w+ /, ''));
  expect([...new Set(handled)].toSorted(byName)).toEqual(expected.toSorted(byName));
});

describe('the check of answers against the document', () => {
  const answer = (body: unknown, status = 200, contentType = 'application/json') => ({
    status,
    contentType,
    body,
  });
  const category = { id: 'music', name: 'Music' };

  test('finds no fault with an answer as declared', () => {
    const body = { items: [category], nextCursor: null };
    expect(faults(document, 'listCategories', answer(body))).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['a member too many, deep inside', { items: [{ ...category, streamKey: 'sk' }], nextCursor: null }],
    ['a member too many', { items: [], nextCursor: null, total: 0 }],
    ['a member that is missing', { items: [] }],
    ['a value of another type', { items: [{ id: 1, name: 'Music' }], nextCursor: null }],
  ])('finds %s', (_, body) => {
    expect(faults(document, 'listCategories', answer(body))).toHaveLength(1);
  });

  test('finds a status, and a content type, that are not declared', () => {
    const body = { status: 'ok' };
    expect(faults(document, 'getHealth', answer(body, 201))).toHaveLength(1);
    expect(faults(document, 'getHealth', answer(body, 200, 'text/plain'))).toHaveLength(1);
  });

  test('finds a reference that leads nowhere', () => {
    const broken = JSON.stringify(document).replaceAll('schemas/Category"', 'schemas/Categry"');
    expect(() => readOpenApi(JSON.parse(broken))).toThrow('#/components/schemas/Categry leads nowhere');
  });
});
