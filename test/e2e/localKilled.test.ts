import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import WebSocket from 'ws';
import { z } from 'zod';
import { localCredentials } from '../support/database.ts';
import { randomNumbers } from '../support/randomNumbers.ts';
import { commandLine, endCommands, finish, run, startMakeLocal } from './commands.ts';
import { eventually } from './eventually.ts';

let folder = '';
let DB = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'local-'));
  DB = join(folder, 'data.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
afterAll(endCommands);

type Local = Awaited<ReturnType<typeof startMakeLocal>>;
const start = (environment: Record<string, string> = {}) =>
  startMakeLocal({ DB, SEED_COUNT: '1', ...environment });

/** Every process with the path of the database in its command line: engines and their parents. */
function processesOfTheFile(): string[] {
  const { stdout } = spawnSync('pgrep', ['-f', '-l', DB], { encoding: 'utf8' });
  return stdout.split('\n').filter(Boolean);
}
const nothingIsLeft = () =>
  eventually(
    async () => processesOfTheFile(),
    left => left.length === 0,
  );

const theEngineIsThere = () =>
  eventually(
    async () => processesOfTheFile(),
    processes => processes.some(line => line.includes('dynoxide')),
  );

async function kill({ child, exit }: Pick<Local, 'child' | 'exit'>): Promise<void> {
  child.kill('SIGKILL');
  await exit;
}

describe('make local, killed', () => {
  test('leaves no process behind, at whatever moment', async () => {
    const random = randomNumbers(22);
    for (let round = 0; round < 2; round++) {
      // From the start of the engine to the middle of seeding.
      const local = run('local/main.ts', { PORT: '0', AWS_PORT: '0', DB, SEED_COUNT: '3000' });
      await theEngineIsThere();
      if (round > 0) await sleep(random() * 1_500);
      await kill(local);
      await nothingIsLeft();
    }
  }, 180_000);

  test('ends when make is killed', async () => {
    const makefile = join(folder, 'Makefile');
    writeFileSync(
      makefile,
      `start:\n\t@exec ${[process.execPath, ...commandLine('local/main.ts')].map(word => `"${word}"`).join(' ')}\n`,
    );
    const env = { ...process.env, PORT: '0', AWS_PORT: '0', DB, SEED_COUNT: '1' };
    const make = spawn('make', ['-f', makefile, 'start'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const gone = once(make.stdout, 'end');
    await theEngineIsThere();
    make.kill('SIGKILL');
    make.stdout.resume();
    // The output ends when the last process that writes to it has ended.
    await gone;
    await nothingIsLeft();
  });

  test('has stored everything that it acknowledged', async () => {
    const random = randomNumbers(21);
    const acknowledged: Acknowledged = { people: [], events: [], messages: [], secrets: [] };
    for (let round = 0; round < 2; round++) {
      const local = await start();
      const ended = new AbortController();
      const work = [0, 1, 2].map(worker => keepBusy(local, acknowledged, `${round}${worker}`, ended.signal));
      await eventually(
        async () => acknowledged.messages.length,
        count => count > 2 * round,
      );
      await sleep(random() * 1_000);
      await kill(local);
      ended.abort();
      await Promise.all(work);
      await nothingIsLeft();
    }
    expect(Object.values(acknowledged).map(things => things.length > 0)).toEqual([true, true, true, true]);

    const local = await start();
    await expectKept(local, acknowledged);
    local.child.kill('SIGINT');
    expect(await local.exit).toBe(0);
  }, 180_000);
});

describe('a database file', () => {
  test('in use is refused to a second make local, which names the process that uses it and starts nothing', async () => {
    const first = await start();
    const second = { PORT: '0', AWS_PORT: '0', SEED_COUNT: '1' };
    const engines = processesOfTheFile();
    for (const STACK of ['UGC-dev', 'UGC-other']) {
      expect(await finish('local/main.ts', { ...second, STACK, DB })).toEqual({
        code: 1,
        output: `DB=${DB} is in use by another make local, process ${first.child.pid}: stop that process, or set DB to another file`,
      });
    }
    expect(processesOfTheFile()).toEqual(engines);
    expect((await fetch(`${first.apiUrl}/v1/health`)).status).toBe(200);
    await kill(first);
  });

  test('can be used again when its owner was killed, and a copy of it at any time', async () => {
    const first = await start();
    const copy = join(folder, 'copy.db');
    for (const end of ['', '-wal', '-shm']) copyFileSync(`${DB}${end}`, `${copy}${end}`);
    const onCopy = await start({ DB: copy });
    await kill(onCopy);
    await kill(first);
    await kill(await start());
  });

  test('is given to one of several that start at once', async () => {
    await kill(await start());
    const starts = await Promise.allSettled([start(), start(), start()]);
    const [owner, ...others] = starts.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []));
    expect(others).toEqual([]);
    const refused = starts.flatMap(one => (one.status === 'rejected' ? [String(one.reason)] : []));
    expect(refused.map(line => line.includes(`process ${owner?.child.pid}: stop that process`))).toEqual([
      true,
      true,
    ]);
    if (owner !== undefined) await kill(owner);
  });
});

interface Person {
  readonly username: string;
  readonly accessToken: string;
  readonly channelId: string;
}

/** What local mode has acknowledged. */
interface Acknowledged {
  readonly people: Person[];
  /** Streams whose start was acknowledged. */
  readonly events: { readonly person: Person; readonly streamId: string }[];
  readonly messages: { readonly person: Person; readonly streamId: string; readonly content: string }[];
  readonly secrets: { readonly id: string; readonly value: string }[];
}

const signedUp = z.object({
  accessToken: z.string(),
  user: z.object({ username: z.string(), channelId: z.string() }),
});

/** Signs up users, makes each live and sends chat messages, until no request is answered any more. */
async function keepBusy(
  local: Local,
  acknowledged: Acknowledged,
  worker: string,
  ended: AbortSignal,
): Promise<void> {
  for (let turn = 0; !ended.aborted; turn++) {
    try {
      await oneTurn(local, acknowledged, `p${worker}x${turn}`, ended);
    } catch (error) {
      // A request without an answer was not acknowledged.
      if (
        !ended.aborted &&
        local.child.exitCode === null &&
        local.child.signalCode === null &&
        !local.child.killed
      )
        throw error;
      return;
    }
  }
}

async function oneTurn(
  local: Local,
  acknowledged: Acknowledged,
  username: string,
  ended: AbortSignal,
): Promise<void> {
  const { apiUrl, awsUrl } = local;
  const settings = { ...localCredentials, endpoint: awsUrl, maxAttempts: 1 };
  const made = await fetch(`${apiUrl}/v1/users`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: 'correct horse battery' }),
    signal: ended,
  });
  // IVS has a quota on sign-ups, so these need not be fast.
  if (made.status === 503) return;
  if (made.status !== 201) throw new Error(`sign-up: ${made.status} ${await made.text()}`);
  const { accessToken, user } = signedUp.parse(await made.json());
  const person = { username, accessToken, channelId: user.channelId };
  acknowledged.people.push(person);

  const secrets = new SecretsManagerClient(settings);
  const id = `${username}-`.padEnd(32, '0');
  const put = { SecretId: 'CursorSecret', ClientRequestToken: id, VersionStages: [username] };
  await secrets.send(new PutSecretValueCommand({ ...put, SecretString: username }), { abortSignal: ended });
  acknowledged.secrets.push({ id, value: username });
  secrets.destroy();

  const streamId = `st-${username.padEnd(23, '0')}`;
  const bus = new EventBridgeClient(settings);
  const Entries = ['Session Created', 'Stream Start'].map(event_name => ({
    Source: 'aws.ivs',
    DetailType: 'IVS Stream State Change',
    Resources: [`arn:aws:ivs:us-west-2:000000000000:channel/${user.channelId}`],
    Detail: JSON.stringify({ event_name, channel_name: username, stream_id: streamId }),
  }));
  await bus.send(new PutEventsCommand({ Entries }), { abortSignal: ended });
  acknowledged.events.push({ person, streamId });
  bus.destroy();

  for (const content of await talk(local, person, ended))
    acknowledged.messages.push({ person, streamId, content });
}

const pushed = z.object({ Type: z.string(), Content: z.string().optional() });

/** Sends two messages in the user's own channel, and returns those that were received. */
async function talk(
  { apiUrl }: Local,
  { username, accessToken }: Person,
  ended: AbortSignal,
): Promise<string[]> {
  const { token, endpoint } = z
    .object({ token: z.string(), endpoint: z.string() })
    .parse(await (await chatToken(apiUrl, username, accessToken)).json());
  const socket = new WebSocket(endpoint, token);
  const heard: string[] = [];
  return new Promise((resolve, reject) => {
    const end = () => {
      socket.terminate();
      resolve(heard);
    };
    ended.addEventListener('abort', end);
    socket.once('error', error => (ended.aborted ? end() : reject(error)));
    socket.once('close', end);
    socket.once('open', () => {
      for (const n of [1, 2])
        socket.send(JSON.stringify({ Action: 'SEND_MESSAGE', Content: `${username} says ${n}` }));
    });
    socket.on('message', data => {
      const { Content } = pushed.parse(JSON.parse(String(data)));
      if (Content !== undefined) heard.push(Content);
      if (heard.length === 2) end();
    });
  });
}

const chatToken = (apiUrl: string, username: string, accessToken: string) =>
  fetch(`${apiUrl}/v1/channels/${username}/chat/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}` },
  });

async function expectKept({ apiUrl, awsUrl }: Local, { people, events, messages, secrets }: Acknowledged) {
  for (const { username, accessToken } of people) {
    const headers = { authorization: `Bearer ${accessToken}` };
    const token = await chatToken(apiUrl, username, accessToken);
    const stage = await fetch(`${apiUrl}/v1/stages/${username}/tokens`, { method: 'POST', headers });
    const ingest = await fetch(`${apiUrl}/v1/channels/me/ingest`, { headers });
    expect([username, token.status, stage.status, ingest.status]).toEqual([username, 201, 201, 200]);
  }
  for (const { person, streamId } of events) {
    const url = `${apiUrl}/v1/channels/${person.username}/streams/${streamId}`;
    await eventually(
      async () => (await fetch(url)).status,
      status => status === 200,
    );
  }
  const archived = z.object({ items: z.array(z.object({ content: z.string().nullable() })) });
  for (const { person, streamId, content } of messages) {
    const url = `${apiUrl}/v1/channels/${person.username}/streams/${streamId}/chat`;
    await eventually(
      async () =>
        archived.safeParse(await (await fetch(url)).json()).data?.items.map(item => item.content) ?? [],
      contents => contents.includes(content),
    );
  }
  const client = new SecretsManagerClient({ ...localCredentials, endpoint: awsUrl });
  for (const { id, value } of secrets) {
    const kept = await client.send(new GetSecretValueCommand({ SecretId: 'CursorSecret', VersionId: id }));
    expect(kept.SecretString).toBe(value);
  }
  client.destroy();
}
