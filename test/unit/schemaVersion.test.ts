import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { SCHEMA_VERSION } from '../../model/schemaVersion.ts';
import { tableNames, tables } from '../../model/tables.ts';

/** The digest of the table definitions at each version. */
const shapes: Readonly<Record<number, string>> = {
  1: 'a524ec1dd296caba',
  2: '965e054d7b97cfa0',
  3: 'f0473b7bf1fad961',
  4: '1c467f0e70bda1e6',
  5: '31d43707e5551efe',
  6: 'd27c6f9e84c11b9f',
  7: 'ce94c296cb6902b2',
  8: '8c502cd12932d2d5',
  9: '46a46c9b6bfd0b50',
  10: '6e56484ca902b724',
  11: '8365c6cdd562dcc2',
  12: '4e39981e2eff947d',
  13: '62b061e9c9716926',
  14: '7886d4af46cfcea5',
};

/** The keys and indexes of the tables, without the explanations in the specs. */
function shapeDigest(): string {
  const shape = tableNames.map(name => {
    const { key, numeric = [], ttl = '', indexes } = tables[name];
    return [name, key, numeric, ttl, indexes.map(index => ({ ...index, serves: '' }))];
  });
  return createHash('sha256').update(JSON.stringify(shape)).digest('hex').slice(0, 16);
}

test('the schema version is raised when a key or an index changes (docs/migrations.md)', () => {
  expect({ version: SCHEMA_VERSION, shape: shapeDigest() }).toEqual({
    version: SCHEMA_VERSION,
    shape: shapes[SCHEMA_VERSION],
  });
});

test('no index projects more than 20 attributes, and no table more than 100, which is what AWS allows', () => {
  for (const name of tableNames) {
    const counts = tables[name].indexes.map(({ projects }) =>
      typeof projects === 'string' ? 0 : projects.length,
    );
    expect({ name, most: Math.max(0, ...counts) > 20 }).toEqual({ name, most: false });
    expect({ name, sum: counts.reduce((sum, count) => sum + count, 0) > 100 }).toEqual({ name, sum: false });
  }
});
