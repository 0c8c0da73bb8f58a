import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IvsClient, ListStreamsCommand } from '@aws-sdk/client-ivs';
import { CreateRoomCommand, IvschatClient } from '@aws-sdk/client-ivschat';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { LocalOptions } from '../../local/assemble.ts';
import { freePort, LOOPBACK } from '../../local/dynamo/engine.ts';
import { type LocalStack, startLocal } from '../../local/startLocal.ts';
import { CommandError } from '../../model/variables.ts';
import { documentClient } from '../../store/database.ts';
import { startDatabase } from '../support/database.ts';
import { channel, putRows } from '../support/rows.ts';

let folder = '';
let stacks: LocalStack[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'local-'));
});
afterEach(async () => {
  for (const stack of stacks) await stack.stop();
  stacks = [];
  rmSync(folder, { recursive: true });
});

async function start(options: Partial<LocalOptions> = {}): Promise<LocalStack> {
  const ports = { apiPort: 0, awsPort: 0 };
  const defaults = { stackName: 'UGC-test', region: 'us-west-2', partnerFollowers: 3, log: () => {} };
  const stack = await startLocal({ ...defaults, ...ports, ...options });
  stacks.push(stack);
  return stack;
}

async function stop(stack: LocalStack): Promise<void> {
  stacks = stacks.filter(other => other !== stack);
  await stack.stop();
}

test.each([
  ['a folder', '.', 'it is not a file'],
  ['in a folder that does not exist', 'missing/data.db', 'its folder does not exist'],
  ['in a file', 'notes.txt/data.db', 'a part of the path is not a directory'],
  ['a file in another format', 'notes.txt', 'it is not a database of make local'],
])('a DB that is %s is refused with one line, and is not changed', async (_, name, reason) => {
  const notes = join(folder, 'notes.txt');
  writeFileSync(notes, 'These are notes, and not a database.');
  await expect(start({ databaseFile: join(folder, name) })).rejects.toThrow(
    new CommandError(`DB must be a file that make local can write: ${join(folder, name)}: ${reason}`),
  );
  expect(readFileSync(notes, 'utf8')).toBe('These are notes, and not a database.');
});

const alice = channel({ username: 'alice' });

async function goLive({ names, awsUrl }: LocalStack): Promise<void> {
  const client = documentClient();
  await putRows({ client, names }, 'channels', [alice]);
  client.destroy();
  const body = JSON.stringify({
    id: 'event-1',
    'detail-type': 'IVS Stream State Change',
    source: 'aws.ivs',
    time: '2026-01-15T10:00:08Z',
    resources: [alice.arn],
    detail: { event_name: 'Stream Start', stream_id: 'st-1A2b3c4D5e6F78ghij9Klmn' },
  });
  const response = await fetch(`${awsUrl}/_local/events`, { method: 'POST', body });
  expect(await response.json()).toEqual({ results: [{ id: 'event-1', result: 'folded' }] });
}

async function isLive({ apiUrl }: LocalStack): Promise<unknown> {
  const response = await fetch(`${apiUrl}/v1/channels/alice`);
  if (response.status === 404) return 'unknown';
  return z.object({ isLive: z.boolean() }).parse(await response.json()).isLive;
}

const ivsStreams = async () => (await new IvsClient({}).send(new ListStreamsCommand({}))).streams?.length;

describe('the data', () => {
  test('in a file is still there after a restart, and so is the data of IVS', async () => {
    const databaseFile = join(folder, 'data.db');
    const first = await start({ databaseFile });
    await goLive(first);
    const room = await new IvschatClient({}).send(new CreateRoomCommand({ name: 'alice' }));
    await stop(first);
    const second = await start({ databaseFile });
    expect(second.ivs.resources().rooms.map(({ arn }) => arn)).toEqual([room.arn]);
    expect(await isLive(second)).toBe(true);
    expect(await ivsStreams()).toBe(1);
    expect(await second.reconcile()).toMatchObject({ live: 1, opened: [], closed: [] });
  });

  test('in memory is gone when the process ends', async () => {
    const first = await start();
    await goLive(first);
    await stop(first);
    expect(await isLive(await start())).toBe('unknown');
    expect(await ivsStreams()).toBe(0);
  });

  test('can be in another engine, which keeps running when the stack stops', async () => {
    const other = await startDatabase();
    try {
      const stack = await start({ dynamodbEndpoint: other.engine.endpoint });
      await goLive(stack);
      await stop(stack);
      expect(await isLive(await start({ dynamodbEndpoint: other.engine.endpoint }))).toBe(true);
    } finally {
      await Promise.all(stacks.map(stop));
      await other.stop();
    }
  });

  test('of IVS in an unknown format keeps the stack from starting, and the error names it', async () => {
    const databaseFile = join(folder, 'data.db');
    writeFileSync(`${databaseFile}-ivs.json`, '{"channels": 3}');
    await expect(start({ databaseFile })).rejects.toThrow(CommandError);
    await expect(start({ databaseFile })).rejects.toThrow(`${databaseFile}-ivs.json holds`);
    expect(enginesOfThisProcess()).toEqual([]);
  });
});

describe('a port in use', () => {
  let server: Server;
  let taken = 0;
  beforeEach(async () => {
    taken = await freePort();
    server = createServer();
    await new Promise<void>(resolve => server.listen(taken, LOOPBACK, resolve));
  });
  afterEach(async () => {
    await new Promise(resolve => server.close(resolve));
  });

  test.each([
    ['PORT', 'apiPort'],
    ['AWS_PORT', 'awsPort'],
  ])('is refused with the variable to change, %s, and leaves nothing running', async (variable, option) => {
    const starting = start({ [option]: taken });
    await expect(starting).rejects.toThrow(CommandError);
    await expect(starting).rejects.toThrow(`cannot listen on port ${taken}: set ${variable} to a free one`);
    expect(enginesOfThisProcess()).toEqual([]);
  });
});

test.each([
  ['PORT', 'apiPort'],
  ['AWS_PORT', 'awsPort'],
])(
  'a port that another program uses over IPv6 is refused with the variable to change, %s',
  async (variable, option) => {
    const other = createServer();
    await new Promise<void>(resolve => other.listen(0, '::1', resolve));
    const address = other.address();
    const taken = typeof address === 'object' && address !== null ? address.port : 0;
    const message = `cannot listen on port ${taken}: set ${variable} to a free one`;
    await expect(start({ [option]: taken })).rejects.toThrow(message);
    await new Promise(resolve => other.close(resolve));
  },
);

describe('requests to the local stack', () => {
  const ask = (url: string, headers: Record<string, string>, method = 'GET') =>
    new Promise<number | undefined>((resolve, reject) => {
      const sent = request(url, { headers, method }, response => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.once('error', reject);
      sent.end();
    });

  test('are accepted under a name of this machine, over IPv4 and IPv6, and refused under any other name', async () => {
    const { apiUrl, awsUrl } = await start();
    for (const url of [`${apiUrl}/v1/health`, `${awsUrl}/_local/calls`]) {
      for (const address of ['127.0.0.1', '[::1]'])
        expect(await ask(url.replace('localhost', address), {})).toBe(200);
      for (const host of ['localhost', 'app.localhost:3000', '127.0.0.2'])
        expect([host, await ask(url, { host })]).toEqual([host, 200]);
      for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1'])
        expect([host, await ask(url, { host })]).toEqual([host, 403]);
    }
    expect(await ask(`${apiUrl}/v1/health`, { host: 'a b' })).toBe(400);
    expect(await ask(`${awsUrl}/_local/calls`, { host: 'a b' })).toBe(403);
    const secret = { 'x-amz-target': 'secretsmanager.GetSecretValue', host: 'evil.example' };
    expect(await ask(awsUrl, secret, 'POST')).toBe(403);
    const upgrade = { host: 'evil.example', connection: 'upgrade', upgrade: 'websocket' };
    expect(await ask(awsUrl, upgrade)).toBe(403);
  });

  test('from a page of another origin are refused at the AWS endpoint, and can play recordings', async () => {
    const { apiUrl, awsUrl } = await start();
    const thumbnail = '/_local/recordings/ivs/v1/1/ann/2026/1/a/media/latest_thumbnail/thumb.jpg';
    const foreign = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: apiUrl },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of foreign) {
      expect(await ask(`${awsUrl}/_local/faults`, headers, 'DELETE')).toBe(403);
      expect(await ask(`${apiUrl}${thumbnail}`, headers)).toBe(200);
      expect(await ask(`${apiUrl}/v1/health`, headers)).toBe(200);
    }
    for (const headers of [{ 'sec-fetch-site': 'none' }, { origin: awsUrl, 'sec-fetch-site': 'same-origin' }])
      expect(await ask(`${awsUrl}/_local/faults`, headers, 'DELETE')).toBe(200);
  });
});

test('an error is printed when the engine of a stack has ended', async () => {
  const stack = await start();
  const [engine] = enginesOfThisProcess();
  process.kill(engine ?? 0, 'SIGKILL');
  expect(await stack.lost).toBe('the DynamoDB engine ended (signal SIGKILL)');
});

/** The child processes of this process. Only engines are started by it. */
function enginesOfThisProcess(): number[] {
  const { stdout } = spawnSync('pgrep', ['-P', String(process.pid), 'dynoxide'], { encoding: 'utf8' });
  return stdout.split('\n').filter(Boolean).map(Number);
}
