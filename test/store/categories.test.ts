import { describe, expect, test } from '@jest/globals';
import { catalogue } from '../../model/categories.ts';
import type { Category } from '../../model/category.ts';
import { tableVariable } from '../../model/tableVariable.ts';
import { listCategories } from '../../store/categories.ts';
import { putCatalogue } from '../../store/categoryCatalogue.ts';
import { useDatabase } from '../support/database.ts';
import { category, putRows } from '../support/rows.ts';

const database = useDatabase();
const first = '2026-01-15T10:00:00.000Z';
const second = '2026-02-15T10:00:00.000Z';

const all = async () => (await listCategories(database(), { limit: 100 })).items;

describe('the categories of the stack', () => {
  test('are written in their order, beside categories that others made', async () => {
    await putRows(database(), 'categories', [category({ id: 'theirs', name: 'Theirs', sortOrder: 3.5 })]);
    await putCatalogue(database(), catalogue, first);
    const ids = (await all()).map(({ id }) => id);
    expect(ids).toEqual([
      ...catalogue.slice(0, 3).map(({ id }) => id),
      'theirs',
      ...catalogue.slice(3).map(({ id }) => id),
    ]);
  });

  test('are unchanged when they are written again, in every attribute', async () => {
    await putCatalogue(database(), catalogue, first);
    const before = await all();
    await putCatalogue(database(), catalogue, second);
    expect(await all()).toEqual(before);
  });

  test('get a new name and a new place, and keep their creation time', async () => {
    await putCatalogue(database(), catalogue, first);
    const [top, ...others] = catalogue;
    if (top === undefined) throw new Error('there are no categories');
    await putCatalogue(database(), [...others, { ...top, name: 'Renamed' }], second);
    const changed = (await all()).find(({ id }) => id === top.id);
    expect(changed).toMatchObject({
      name: 'Renamed',
      sortOrder: catalogue.length,
      createdAt: first,
      updatedAt: second,
    } satisfies Partial<Category>);
  });

  test('are written by the function that each deployment runs', async () => {
    const { engine, names } = database();
    Object.assign(process.env, {
      [tableVariable('categories')]: names.categories,
      AWS_ENDPOINT_URL: engine.endpoint,
      AWS_REGION: 'us-west-2',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      POWERTOOLS_LOG_LEVEL: 'SILENT',
    });
    const { handler } = await import('../../lambdas/maintenance/seedCategories.ts');
    await handler();
    const shown = new Map((await all()).map(({ id, name, sortOrder }) => [id, { name, sortOrder }]));
    for (const [index, { id, name }] of catalogue.entries())
      expect(shown.get(id)).toEqual({ name, sortOrder: index + 1 });
  });

  test('have unique ids and names', () => {
    expect(new Set(catalogue.map(({ id }) => id)).size).toBe(catalogue.length);
    expect(new Set(catalogue.map(({ name }) => name)).size).toBe(catalogue.length);
    for (const { id } of catalogue) expect(id).toMatch(/^[a-z0-9-]{1,64}$/);
  });
});
