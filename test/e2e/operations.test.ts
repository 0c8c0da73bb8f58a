import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createTable } from '../../local/dynamo/createTables.ts';
import { unlimited } from '../../local/ivs/quotas.ts';
import { type LocalStack, startLocal } from '../../local/startLocal.ts';
import { SCHEMA_VERSION } from '../../model/schemaVersion.ts';
import { tables } from '../../model/tables.ts';
import { type Command, runCommand } from '../../operations/command.ts';
import { deleteSeedCommand } from '../../operations/deleteSeedCommand.ts';
import { destroyCommand } from '../../operations/destroyCommand.ts';
import { exportCommand } from '../../operations/exportCommand.ts';
import { importCommand } from '../../operations/importCommand.ts';
import { logsCommand } from '../../operations/logsCommand.ts';
import { outputsCommand } from '../../operations/outputsCommand.ts';
import { reconcileCommand } from '../../operations/reconcileCommand.ts';
import { redriveCommand } from '../../operations/redriveCommand.ts';
import { chatBatches } from '../../operations/redriveHandling.ts';
import { seedCommand } from '../../operations/seedCommand.ts';
import { staffCommand } from '../../operations/staffCommand.ts';
import { type Database, documentClient } from '../../store/database.ts';
import { getStream } from '../../store/streams.ts';
import { messageLine, roomBatch } from '../support/chatLogs.ts';
import { startFaultProxy } from '../support/faultProxy.ts';
import { stateEvent } from '../support/ivsEvents.ts';
import { channel, putRows } from '../support/rows.ts';
import { counts, dump, seed } from '../support/seeding.ts';
import { commandLine } from './commands.ts';

// One stack for all tests. The commands run one after another, as with LOCAL=1.
let stack: LocalStack;
let database: Database;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'operations-'));
  stack = await startLocal({
    stackName: 'UGC-test',
    region: 'us-west-2',
    apiPort: 0,
    awsPort: 0,
    partnerFollowers: 3,
    log: () => {},
    ivsQuota: unlimited,
  });
  database = { client: documentClient(), names: stack.names };
});
afterAll(async () => {
  database.client.destroy();
  await stack.stop();
  rmSync(folder, { recursive: true });
});

async function run(command: Command, variables: Readonly<Record<string, string>> = {}) {
  const said = { out: [] as string[], err: [] as string[] };
  const code = await runCommand(command, {
    environment: { ...process.env, STACK: 'UGC-test', ...variables },
    out: line => said.out.push(line),
    // Slow commands print progress lines, and a busy machine can make any command slow.
    err: line => /^\d+ rows /.test(line) || said.err.push(line),
    signal: new AbortController().signal,
  });
  return { code, ...said };
}

describe('make redrive', () => {
  const noAnnouncements = 'announcements: no dead letters';
  const streamId = `st-${'1'.repeat(23)}`;
  const owner = channel({ username: 'redriven' });
  const event = stateEvent('Session Created', streamId, '2026-01-15T10:00:00Z', { resources: [owner.arn] });

  test('shows the dead letters, keeps those that fail again, and handles the others', async () => {
    await putRows(database, 'channels', [owner]);
    await database.client.send(new DeleteTableCommand({ TableName: stack.names.streamEvents }));
    const body = JSON.stringify(event);
    expect((await fetch(`${stack.awsUrl}/_local/events`, { method: 'POST', body })).status).toBe(502);

    const failure = expect.stringContaining('ResourceNotFoundException');
    const dry = await run(redriveCommand, { DRY: '1' });
    expect(dry).toEqual({
      code: 1,
      out: ['stream events: 1 dead letters', 'chat: no dead letters', noAnnouncements],
      err: [
        expect.stringContaining(`event ${event.id} (Session Created) of ${owner.arn}, which failed with`),
      ],
    });
    expect(await run(redriveCommand)).toEqual({
      code: 1,
      out: ['stream events: 1 still in the queue', 'chat: no dead letters', noAnnouncements],
      err: [failure],
    });

    await createTable(database.client, tables.streamEvents, stack.names.streamEvents);
    expect(await run(redriveCommand)).toEqual({
      code: 0,
      out: ['stream events: 1 folded', 'chat: no dead letters', noAnnouncements],
      err: [],
    });
    expect(await getStream(database, owner.id, streamId)).toMatchObject({ isOpen: expect.any(String) });
    expect(stack.deadLetters()).toEqual([]);
  });

  test('archives a batch of chat without printing it, and keeps one that cannot be parsed', async () => {
    const { handle, describe: tell } = chatBatches(database);
    const now = '2026-01-15T10:00:00.000Z';
    const arn = 'arn:aws:ivschat:us-west-2:000000000000:room/redriven';
    const times = { createdAt: now, updatedAt: now };
    const owned = { userId: 'u', channelId: owner.id, name: 'r', endpoint: 'wss://chat.example', ...times };
    await putRows(database, 'chatRooms', [{ id: 'redriven', arn, ...owned }]);
    const batch = roomBatch('redriven', [messageLine('m1', now, 'a secret')]);
    expect(tell(batch)).toBe('1 lines of the chat room redriven');
    expect(await handle(batch)).toBe('archived');
    expect((await dump(database)).filter(row => row.includes('a secret'))).toHaveLength(1);
    await expect(handle(roomBatch('redriven', ['{"type": "MESSAGE"}']))).rejects.toThrow(
      'all but 1 log events of the batch are archived: line-0 (payload)',
    );
    await expect(handle({ awslogs: {} })).rejects.toThrow();
  });
});

describe('make staff', () => {
  test('gives and takes the role, which the next request of the user sees', async () => {
    const post = await fetch(`${stack.apiUrl}/v1/users`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username: 'Watchful', password: 'correct horse battery staple' }),
    });
    const { accessToken } = z.object({ accessToken: z.string() }).parse(await post.json());
    const me = (method: string) =>
      fetch(`${stack.apiUrl}/v1/users/me`, { method, headers: { Authorization: `Bearer ${accessToken}` } });
    const isStaff = async () => {
      const response = await me('GET');
      return z.object({ isStaff: z.boolean() }).parse(await response.json()).isStaff;
    };
    expect(await isStaff()).toBe(false);

    for (const USER of ['watchful', 'WATCHFUL'])
      expect(await run(staffCommand, { USER })).toEqual({
        code: 0,
        out: [expect.stringMatching(/^UGC-test: Watchful \(user id [0-9a-f]{32}\) is a member of staff$/)],
        err: [],
      });
    expect(await isStaff()).toBe(true);
    expect(await run(staffCommand, { USER: 'watchful', REMOVE: '1' })).toMatchObject({ code: 0 });
    expect(await isStaff()).toBe(false);

    expect((await me('DELETE')).status).toBe(204);
    for (const USER of ['watchful', 'nobody'])
      expect(await run(staffCommand, { USER })).toEqual({
        code: 1,
        out: [],
        err: [`error: USER: UGC-test has no active user with the name "${USER}"`],
      });
  });
});

describe('make export and make import', () => {
  test('restore the same rows, even when the import is killed in between', async () => {
    await seed(database, { SEED_COUNT: '8' });
    const whole = await dump(database);
    const backup = join(folder, 'backup');
    expect(await run(exportCommand, { OUT: backup })).toMatchObject({
      code: 0,
      out: expect.arrayContaining([
        `UGC-test: ${whole.length} rows in ${backup}, at schema version ${SCHEMA_VERSION}:`,
      ]),
      err: ['The files contain password hashes and stream keys: store them as secrets.'],
    });
    expect(await run(importCommand, { IN: backup })).toMatchObject({
      code: 1,
      out: [],
      err: [expect.stringMatching(/^error: UGC-test has rows in users, .*: FORCE=1 first deletes every row/)],
    });
    expect(await dump(database)).toEqual(whole);

    let puts = 0;
    const proxy = await startFaultProxy(String(process.env['AWS_ENDPOINT_URL_DYNAMODB']), ({ body }) => {
      if (JSON.stringify(body).includes('PutRequest') && ++puts === 8) child.kill('SIGKILL');
      return undefined;
    });
    const { LOCAL: _, ...environment } = process.env;
    const child = spawn(process.execPath, commandLine('operations/run.ts', 'import'), {
      env: {
        ...environment,
        STACK: 'UGC-test',
        IN: backup,
        FORCE: '1',
        AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint,
      },
      stdio: 'ignore',
    });
    expect(await new Promise(resolve => child.once('close', (_, signal) => resolve(signal)))).toBe('SIGKILL');
    await proxy.stop();
    const part = (await dump(database)).length;
    expect([part > 0, part < whole.length]).toEqual([true, true]);

    expect(await run(importCommand, { IN: backup })).toMatchObject({ code: 0, err: [] });
    expect(await dump(database)).toEqual(whole);
    expect(existsSync(join(backup, 'importing-UGC-test.json'))).toBe(false);
  });
});

describe('make destroy', () => {
  test("deletes users' IVS resources when told to, and finds nothing the second time", async () => {
    const account = JSON.stringify({ username: 'destroyed', password: 'correct horse battery' });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${stack.apiUrl}/v1/users`, { method: 'POST', headers, body: account });
    expect(answer.status).toBe(201);
    const size = () => {
      const { channels, rooms, stages } = stack.ivs.resources();
      return [...channels, ...rooms, ...stages].filter(({ tags }) => tags['stack'] === 'UGC-test').length;
    };
    expect(size()).toBe(3);
    const asked = await run(destroyCommand);
    expect(asked).toMatchObject({ code: 1, out: [] });
    expect(asked.err.at(-1)).toBe(
      'UGC-test: nothing was deleted. Type the name of the stack at a terminal, or set FORCE=1.',
    );
    expect(size()).toBe(3);

    const rows = await counts(database);
    expect(await run(destroyCommand, { FORCE: '1' })).toMatchObject({
      code: 0,
      out: ['UGC-test: its channels, rooms and stages at IVS are deleted'],
    });
    expect(size()).toBe(0);
    expect(await counts(database)).toEqual(rows);
    expect(await run(destroyCommand)).toEqual({
      code: 0,
      out: ['UGC-test: there is nothing to destroy'],
      err: [],
    });
  });
});

const commands: readonly (readonly [string, Command, Record<string, string>])[] = [
  ['seed', seedCommand, {}],
  ['deleteSeed', deleteSeedCommand, {}],
  ['destroy', destroyCommand, {}],
  ['export', exportCommand, { OUT: 'no/such/folder' }],
  ['import', importCommand, { IN: 'docs' }],
  ['logs', logsCommand, { LOCAL: '', FN: 'users' }],
  ['outputs', outputsCommand, {}],
  ['reconcile', reconcileCommand, {}],
  ['redrive', redriveCommand, {}],
  ['staff', staffCommand, { USER: 'ann' }],
];

describe.each(commands)('make %s', (_, command, needed) => {
  test.each<[Record<string, string>, string]>([
    [{ LOCAL: 'yes' }, 'LOCAL must be 1 or 0 (got "yes")'],
    [{ STACK: 'my stack' }, 'STACK must give a stack name of a letter and up to 127 letters'],
    [{ STACK: '', STAGE: 'a/b' }, 'STAGE must give a stack name of a letter and up to 127 letters'],
    [
      { AWS_REGION: 'us west' },
      'AWS_REGION must be the name of an AWS Region, such as us-west-2 (got "us west")',
    ],
    [{ AWS_REGION: 'us-west-2/../x' }, 'AWS_REGION must be'],
  ])('refuses %j in one line', async (variables, message) => {
    const { code, out, err } = await run(command, { ...needed, ...variables });
    expect({ code, out, err }).toEqual({
      code: 1,
      out: [],
      err: [expect.stringContaining(`error: ${message}`)],
    });
  });
});

describe('a command that cannot do its work', () => {
  test.each<[string, Command, Record<string, string>, string]>([
    ['logs', logsCommand, {}, 'LOCAL=1: make logs reads CloudWatch only'],
    ['logs', logsCommand, { LOCAL: '0' }, 'FN is not set'],
    ['logs', logsCommand, { LOCAL: '0', FN: 'nobody' }, 'FN must be one of '],
    ['logs', logsCommand, { LOCAL: '0', FN: 'users', SINCE: '5' }, 'SINCE must be a time span'],
    ['logs', logsCommand, { LOCAL: '0', FN: 'users', FOLLOW: 'yes' }, 'FOLLOW must be 1 or 0 (got "yes")'],
    ['destroy', destroyCommand, { FORCE: 'no' }, 'FORCE must be 1 or 0 (got "no")'],
    ['redrive', redriveCommand, { DRY: 'true' }, 'DRY must be 1 or 0 (got "true")'],
    ['redrive', redriveCommand, { STACK: 'UGC-x' }, 'there is no stack UGC-x in us-west-2: run make deploy'],
    ['logs', logsCommand, { LOCAL: '0', FN: 'users', SINCE: '1e3h' }, 'SINCE must be'],
    ['import', importCommand, { IN: 'docs', FORCE: 'true' }, 'FORCE must be 1 or 0 (got "true")'],
    ['staff', staffCommand, { USER: '' }, 'USER is not set'],
    ['staff', staffCommand, { USER: 'ann', REMOVE: 'yes' }, 'REMOVE must be 1 or 0'],
    ['export', exportCommand, {}, 'OUT is not set'],
    ['import', importCommand, {}, 'IN is not set'],
    ['import', importCommand, { IN: 'docs' }, 'IN: docs has no manifest.json'],
  ])('make %s fails with one line', async (_, command, variables, message) => {
    const { code, out, err } = await run(command, variables);
    expect({ code, out }).toEqual({ code: 1, out: [] });
    expect(err).toEqual([expect.stringContaining(`error: ${message}`)]);
  });
});
