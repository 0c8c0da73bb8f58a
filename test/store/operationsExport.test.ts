import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { SCHEMA_VERSION, tablesSince } from '../../model/schemaVersion.ts';
import { tableNames } from '../../model/tables.ts';
import { type ExportOptions, exportStack } from '../../operations/exportStack.ts';
import { type ImportOptions, importStack } from '../../operations/importStack.ts';
import { fileOf, MANIFEST } from '../../operations/manifest.ts';
import { documentClient } from '../../store/database.ts';
import { Tally } from '../../store/tally.ts';
import { isEmpty, removeAllItems } from '../../store/wholeTable.ts';
import { localCredentials, startDatabase, type TestDatabase } from '../support/database.ts';
import { type Fault, type FaultProxy, type ProxiedRequest, startFaultProxy } from '../support/faultProxy.ts';
import { counts, dump, seed } from '../support/seeding.ts';

let folder: string;
let source: TestDatabase;
let target: TestDatabase;
let proxy: FaultProxy;
let fault: (request: ProxiedRequest) => Fault | undefined = () => undefined;
let whole: string[];
let exported: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'export-'));
  [source, target] = await Promise.all([startDatabase(), startDatabase()]);
  proxy = await startFaultProxy(target.engine.endpoint, request => fault(request));
  await seed(source, { SEED_COUNT: '3' });
  // Types of values that DynamoDB allows and no row of ours uses.
  const odd = {
    id: { S: 'odd \u2028 \u{1f600} "\n' },
    exact: { N: '0.1234567890123456789012345678901234567' },
    names: { SS: ['a', 'b'] },
    sizes: { NS: ['10', '9'] },
    bytes: { B: new Uint8Array([0, 255, 10]) },
    nothing: { NULL: true },
    deep: { M: { z: { L: [{ BOOL: false }, { M: {} }] }, a: { S: '' } } },
  };
  await source.client.send(
    new PutItemCommand({ TableName: source.names.users, Item: { ...odd, nothing: { NULL: true } } }),
  );
  whole = await dump(source);
  exported = join(folder, 'whole');
  await run({ folder: exported });
});
afterAll(async () => {
  await proxy.stop();
  await Promise.all([source.stop(), target.stop()]);
  rmSync(folder, { recursive: true });
});

beforeEach(async () => {
  fault = () => undefined;
  rmSync(join(exported, 'importing-UGC-test.json'), { force: true });
  await Promise.all(
    tableNames.map(async name => {
      if (!(await isEmpty(target, name))) await removeAllItems(target, name, new Tally());
    }),
  );
});

const run = (options: Partial<ExportOptions>) =>
  exportStack(source, { stack: 'UGC-test', folder: '', now: new Date(), tally: new Tally(), ...options });

function put(
  options: Partial<ImportOptions> = {},
  database: Pick<TestDatabase, 'client' | 'names'> = target,
) {
  const given = { stack: 'UGC-test', folder: exported, replace: false };
  return importStack(database, { ...given, put: new Tally(), removed: new Tally(), ...options });
}

/** A copy of the export with one file changed. */
function spoiled(name: string, change: (text: string) => string): string {
  const copy = mkdtempSync(join(folder, 'spoiled-'));
  for (const file of readdirSync(exported))
    writeFileSync(join(copy, file), readFileSync(join(exported, file)));
  writeFileSync(join(copy, name), change(readFileSync(join(copy, name), 'utf8')));
  return copy;
}

describe('an export', () => {
  test('restores the same rows byte for byte, and the same digests', async () => {
    expect(await put()).toBe(true);
    expect(await dump(target)).toEqual(whole);
    const again = join(folder, 'again');
    const options = { stack: 'UGC-test', now: new Date(), tally: new Tally() };
    const second = await exportStack(target, { ...options, folder: again });
    const first = JSON.parse(readFileSync(join(exported, MANIFEST), 'utf8'));
    const digests = (tables: Record<string, { rows: number; rowsDigest: string }>) =>
      Object.entries(tables).map(([name, { rows, rowsDigest }]) => [name, rows, rowsDigest]);
    expect(digests(second?.tables ?? {})).toEqual(digests(first.tables));
    expect(options.tally.total).toBe(whole.length);
    // The note of an unfinished import is gone.
    expect(readdirSync(exported).sort()).toEqual([MANIFEST, ...tableNames.map(fileOf)].sort());
  });

  test('can be read by its owner only, because it has password hashes', () => {
    expect(statSync(exported).mode & 0o777).toBe(0o700);
    const modes = readdirSync(exported).map(file => statSync(join(exported, file)).mode & 0o777);
    expect(new Set(modes)).toEqual(new Set([0o600]));
  });

  test('does not write to a folder that is not empty', async () => {
    await expect(run({ folder: exported })).rejects.toThrow('is not empty');
  });

  test('creates the missing folders of its path', async () => {
    const deep = join(folder, 'a', 'b', 'c');
    await run({ folder: deep });
    expect(readdirSync(deep)).toContain(MANIFEST);
  });

  test.each([
    ['README.md/x', 'a part of the path is not a directory'],
    ['/dev/null/x', 'a part of the path is not a directory'],
    ['/proc/no-such-folder', 'there is no such file'],
  ])('to %s ends at once with one line', async (path, reason) => {
    await expect(run({ folder: path })).rejects.toThrow(
      `OUT: cannot write to ${path}: ${reason}. Name a new folder.`,
    );
  });

  test('does not write to an existing file', async () => {
    await expect(run({ folder: 'README.md' })).rejects.toThrow('OUT: README.md is not a folder.');
  });

  test('names a row that it cannot export', async () => {
    const bytes = { BS: [new Uint8Array([1])] };
    const Item = { streamId: { S: 's' }, id: { S: 'e' }, bytes };
    await target.client.send(new PutItemCommand({ TableName: target.names.streamEvents, Item }));
    const options = { stack: 'UGC-test', now: new Date(), tally: new Tally() };
    await expect(exportStack(target, { ...options, folder: join(folder, 'odd') })).rejects.toThrow(
      'streamEvents: the row {"id":{"S":"e"},"streamId":{"S":"s"}} cannot be exported: it has an attribute of the type BS',
    );
  });

  test('that is interrupted has no manifest, and cannot be imported', async () => {
    const part = join(folder, 'part');
    const stop = new AbortController();
    const tally = new Tally();
    const add = tally.add.bind(tally);
    tally.add = (table, rows) => {
      add(table, rows);
      if (rows > 0) stop.abort();
    };
    expect(await run({ folder: part, tally, signal: stop.signal })).toBeUndefined();
    expect(readdirSync(part)).not.toContain(MANIFEST);
    await expect(put({ folder: part })).rejects.toThrow(`has no ${MANIFEST}`);
    expect(await counts(target)).toEqual({});
  });
});

describe('an import', () => {
  const usersFile = fileOf('users');

  test.each<[string, string, (text: string) => string, string]>([
    ['a row is changed', usersFile, text => text.replace('active', 'creatinG'), usersFile],
    ['a row is missing', usersFile, text => text.slice(text.indexOf('\n') + 1), usersFile],
    [
      'the rows are in another order',
      usersFile,
      text => `${text.split('\n').reverse().join('\n')}`,
      usersFile,
    ],
    ['the manifest has a newer schema version', MANIFEST, schema(SCHEMA_VERSION + 1), 'schema version'],
    ['the manifest has a version that is too old', MANIFEST, schema(10), 'schema version'],
    [
      'the manifest lacks a table',
      MANIFEST,
      text => text.replace('"bans"', '"boons"'),
      'there is no table boons',
    ],
    ['the manifest is cut off', MANIFEST, text => text.slice(0, 100), 'not JSON'],
  ])('writes nothing when %s', async (_, file, change, message) => {
    await expect(put({ folder: spoiled(file, change) })).rejects.toThrow(message);
    expect(await counts(target)).toEqual({});
  });

  test('accepts an export of an older version, which does not have the newest tables', async () => {
    const added = Object.keys(tablesSince);
    const withoutAdded = (text: string) => {
      const manifest = JSON.parse(text);
      const tables = Object.entries(manifest.tables).filter(([name]) => !added.includes(name));
      return JSON.stringify({ ...manifest, schemaVersion: 12, tables: Object.fromEntries(tables) });
    };
    const older = spoiled(MANIFEST, withoutAdded);
    for (const name of added) rmSync(join(older, `${name}.jsonl`));
    expect(await put({ folder: older })).toBe(true);
    expect(await dump(target)).toEqual(whole.filter(row => !added.some(name => row.startsWith(`${name} `))));
    // This version has the tables.
    await expect(put({ folder: older, replace: true })).resolves.toBe(true);
    const newer = spoiled(MANIFEST, text =>
      withoutAdded(text).replace('"schemaVersion":12', `"schemaVersion":${SCHEMA_VERSION}`),
    );
    await expect(put({ folder: newer, replace: true })).rejects.toThrow(
      `the table ${added.join(', ')} is missing`,
    );
  });

  test('does not write to tables with rows, except for those that a deployment writes', async () => {
    const row = (id: string) => ({ id: { S: id } });
    const categories = { catalogue: { S: 'all' }, id: { S: 'of-a-deployment' } };
    await target.client.send(new PutItemCommand({ TableName: target.names.categories, Item: categories }));
    await target.client.send(new PutItemCommand({ TableName: target.names.users, Item: row('mine') }));
    const before = await dump(target);
    await expect(put()).rejects.toThrow('UGC-test has rows in users: FORCE=1');
    expect(await dump(target)).toEqual(before);

    const removed = new Tally();
    await put({ replace: true, removed });
    expect(removed.entries()).toEqual([
      ['users', 1],
      ['categories', 1],
    ]);
    expect(await dump(target)).toEqual(whole);
  });

  test('that was cut off continues when it is run again', async () => {
    const client = documentClient({ ...localCredentials, endpoint: proxy.endpoint, maxAttempts: 1 });
    let batches = 0;
    // After this, no request gets through, as in a killed process.
    fault = ({ operation }) =>
      operation === 'BatchWriteItem' && ++batches > 5
        ? { kind: 'refuse', status: 400, type: 'AccessDeniedException' }
        : undefined;
    await expect(put({}, { client, names: target.names })).rejects.toThrow();
    client.destroy();
    const part = await dump(target);
    expect([part.length > 0, part.length < whole.length]).toEqual([true, true]);
    expect(await put()).toBe(true);
    expect(await dump(target)).toEqual(whole);
  });

  test('that was interrupted while it emptied the tables starts with that when it is run again', async () => {
    const row = (id: string) => ({ id: { S: id } });
    await target.client.send(new PutItemCommand({ TableName: target.names.users, Item: row('old') }));
    await target.client.send(new PutItemCommand({ TableName: target.names.sessions, Item: row('old') }));
    const stop = new AbortController();
    const removed = new Tally();
    const add = removed.add.bind(removed);
    removed.add = (table, rows) => {
      add(table, rows);
      stop.abort();
    };
    expect(await put({ replace: true, removed, signal: stop.signal })).toBe(false);
    expect(removed.total).toBe(1);
    expect(await put({ replace: true })).toBe(true);
    expect(await dump(target)).toEqual(whole);
  });

  test('that was interrupted while it wrote its note or checked the tables can be run again', async () => {
    const note = join(exported, 'importing-UGC-test.json');
    writeFileSync(note, '{"stack":"UGC-te');
    expect(await put()).toBe(true);
    await Promise.all(tableNames.map(name => removeAllItems(target, name, new Tally())));
    fault = ({ operation, body }) =>
      operation === 'Scan' && !JSON.stringify(body).includes('"Limit"')
        ? { kind: 'refuse', status: 400, type: 'AccessDeniedException' }
        : undefined;
    const client = documentClient({ ...localCredentials, endpoint: proxy.endpoint, maxAttempts: 1 });
    await expect(put({}, { client, names: target.names })).rejects.toThrow('AccessDenied');
    client.destroy();
    expect(await put()).toBe(true);
    expect(await dump(target)).toEqual(whole);
  });

  test('fails when others have written to the tables, and starts again in the next run', async () => {
    const stop = new AbortController();
    const tally = new Tally();
    const add = tally.add.bind(tally);
    tally.add = (table, rows) => {
      add(table, rows);
      stop.abort();
    };
    expect(await put({ put: tally, signal: stop.signal })).toBe(false);
    await target.client.send(
      new PutItemCommand({ TableName: target.names.sessions, Item: { id: { S: 'theirs' } } }),
    );
    await expect(put()).rejects.toThrow(
      /these tables do not have the exported rows: sessions \(\d+ instead of \d+/,
    );
    await expect(put()).rejects.toThrow('UGC-test has rows in');
    expect(await isEmpty(target, 'sessions')).toBe(false);
  });
});

function schema(version: number) {
  return (text: string) => text.replace(/"schemaVersion": \d+/, `"schemaVersion": ${version}`);
}
