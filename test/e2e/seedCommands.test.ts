import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Command, runCommand } from '../../operations/command.ts';
import { deleteSeedCommand } from '../../operations/deleteSeedCommand.ts';
import { seedCommand } from '../../operations/seedCommand.ts';
import { startDatabase, type TestDatabase } from '../support/database.ts';
import { type Fault, type FaultProxy, type ProxiedRequest, startFaultProxy } from '../support/faultProxy.ts';
import { counts, seed } from '../support/seeding.ts';
import { startStackResponder } from '../support/stackResponder.ts';
import { commandLine } from './commands.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'seed-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Progress lines. A command prints them when it is slow, which depends on the machine. */
const progress =
  /^(\d+ of \d+ channels written, \d+ rows|\d+ seeded rows deleted)(, \d+ old rows removed)?\n/gm;

/** Starts `make <command>` without make, with only the variables that are needed to find Node. */
function start(
  command: 'seed' | 'deleteSeed',
  environment: Readonly<Record<string, string>>,
): { child: ChildProcess; outcome: Promise<Outcome> } {
  const child = spawn(process.execPath, commandLine('operations/run.ts', command), {
    env: { PATH: process.env['PATH'], HOME: folder, AWS_EC2_METADATA_DISABLED: 'true', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', chunk => {
    said.out += String(chunk);
  });
  child.stderr.on('data', chunk => {
    said.err += String(chunk);
  });
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', code => resolve({ code, out: said.out, err: said.err.replace(progress, '') }));
  });
  return { child, outcome };
}

const run = (command: 'seed' | 'deleteSeed', environment: Readonly<Record<string, string>>) =>
  start(command, environment).outcome;

/**
 * Runs a command in this process, for tests that need no process of their own: starting one takes a second.
 */
async function runHere(command: Command, environment: Readonly<Record<string, string>>): Promise<Outcome> {
  const said = { out: '', err: '' };
  const before = { ...process.env };
  // `make test` passes on the stack that it was called with.
  for (const name of ['STACK', 'STAGE']) delete process.env[name];
  // The SDK reads this variable too.
  Object.assign(process.env, { AWS_EC2_METADATA_DISABLED: 'true', ...environment });
  try {
    const code = await runCommand(command, {
      environment: process.env,
      out: line => {
        said.out += `${line}\n`;
      },
      err: line => {
        said.err += `${line}\n`;
      },
      signal: new AbortController().signal,
    });
    return { code, out: said.out, err: said.err.replace(progress, '') };
  } finally {
    process.env = before;
  }
}

describe('make seed with an invalid setting', () => {
  const example = 'seed.example.json';

  test.each<[string, () => Record<string, string>]>([
    ['SEED_COUNT must be a whole number from 0 to 1000000 (got "-1")', () => ({ SEED_COUNT: '-1' })],
    ['SEED_COUNT must be a whole number from 0 to 1000000 (got "1.5")', () => ({ SEED_COUNT: '1.5' })],
    ['SEED_COUNT must be a whole number from 0 to 1000000 (got "")', () => ({ SEED_COUNT: '' })],
    [
      'OFFLINE_SESSION_COUNT must be a whole number from 0 to 1000000 (got "abc")',
      () => ({ OFFLINE_SESSION_COUNT: 'abc' }),
    ],
    ['SEED must be a whole number from 0 to 4294967295 (got "x")', () => ({ SEED: 'x' })],
    [
      'OFFLINE_SESSION_COUNT (3) is more than SEED_COUNT (2) leaves: 2',
      () => ({ SEED_COUNT: '2', OFFLINE_SESSION_COUNT: '3' }),
    ],
    ['JSON has 3 channels, which is more than SEED_COUNT (2)', () => ({ SEED_COUNT: '2', JSON: example })],
    [
      `JSON: ${example}: channels[0].followerCount: must be less than SEED_COUNT (12)`,
      () => ({ SEED_COUNT: '12', JSON: example }),
    ],
    ['JSON: cannot read no/such.json: there is no such file', () => ({ JSON: 'no/such.json' })],
    ['JSON: cannot read seed: it is a directory', () => ({ JSON: 'seed' })],
    ['1.json:1:14: a value was expected', () => ({ JSON: fileOf('1.json', '{"channels": ?}') })],
    [
      '2.json: channels[0].stream.startedAt: must be an ISO 8601',
      () => ({
        JSON: fileOf(
          '2.json',
          '{"channels": [{"username": "ann", "title": "x", "stream": {"startedAt": "soon"}}]}',
        ),
      }),
    ],
    [
      '3.json: channels[0].color: there is no such field',
      () => ({
        JSON: fileOf('3.json', '{"channels": [{"username": "ann", "title": "x", "color": 1}]}'),
      }),
    ],
    ['AWS_PORT must be a port', () => ({ LOCAL: '1', AWS_PORT: 'x' })],
  ])('ends with exit code 1 and one line: %s', async (message, environment) => {
    const { code, out, err } = await runHere(seedCommand, environment());
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^error: [^\n]*\n$/);
    expect(err).toContain(message);
  });
});

describe('the commands', () => {
  let database: TestDatabase;
  let responder: Awaited<ReturnType<typeof startStackResponder>>;
  let proxy: FaultProxy;
  let fault: (request: ProxiedRequest) => Fault | undefined;
  let stack: Record<string, string>;

  beforeEach(async () => {
    database = await startDatabase();
    responder = await startStackResponder({ stackName: 'UGC-dev', names: database.names });
    fault = () => undefined;
    proxy = await startFaultProxy(database.engine.endpoint, request => fault(request));
    stack = {
      AWS_REGION: 'us-west-2',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_CLOUDFORMATION: responder.endpoint,
      AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint,
    };
  });
  afterEach(async () => {
    await proxy.stop();
    await responder.stop();
    await database.stop();
  });

  test('seed and delete, and print how many rows of each table', async () => {
    const environment = { ...stack, SEED_COUNT: '13', JSON: 'seed.example.json' };
    const seeded = await run('seed', environment);
    expect(seeded).toMatchObject({ code: 0, err: '' });
    const rows = await counts(database);
    expect(rows['channels']).toBe(13);
    const [first, last] = seeded.out.split('\n');
    const [, set] = /^SEED=(\d+): seeding 13 channels into UGC-dev$/.exec(first ?? '') ?? [];
    expect(last).toBe(`UGC-dev has the set SEED=${set} with 13 channels. Rows written:`);
    for (const [table, count] of Object.entries(rows)) {
      expect(seeded.out).toMatch(new RegExp(`^ {2}${table} +${count}$`, 'm'));
    }

    expect((await runHere(deleteSeedCommand, { ...stack, SEED: '1' })).out).toBe(
      'UGC-dev has no rows of the set SEED=1.\n',
    );
    expect(await counts(database)).toEqual(rows);
    const deleted = await run('deleteSeed', stack);
    expect(deleted).toMatchObject({ code: 0, err: '' });
    expect(deleted.out.split('\n')[0]).toBe(`UGC-dev no longer has seeded rows. Rows deleted: ${sum(rows)}`);
    expect(await counts(database)).toEqual({});
    for (const [table, count] of Object.entries(rows)) {
      expect(deleted.out).toMatch(new RegExp(`^ {2}${table} +${count}$`, 'm'));
    }
    expect((await runHere(deleteSeedCommand, stack)).out).toBe('UGC-dev has no seeded rows.\n');
  });

  test('finish despite unprocessed items, throttling and lost connections', async () => {
    let calls = 0;
    fault = ({ operation }) => {
      calls++;
      if (calls % 19 === 0) return { kind: 'refuse', status: 400, type: 'ThrottlingException' };
      if (calls % 43 === 0) return { kind: 'disconnect' };
      let items = 0;
      return operation === 'BatchWriteItem'
        ? { kind: 'unprocessed', isLeft: () => ++items % 5 === 0 }
        : undefined;
    };
    expect(await runHere(seedCommand, { ...stack, SEED_COUNT: '12' })).toMatchObject({ code: 0, err: '' });
    expect(await counts(database)).toMatchObject({ users: 12, channels: 12, streams: 12 });
    expect(await runHere(deleteSeedCommand, stack)).toMatchObject({ code: 0, err: '' });
    expect(await counts(database)).toEqual({});
  });

  /** Calls `act` when the given number of batches have been sent. Later requests meet the fault `then`. */
  function whenBatches(number: number, act: () => void, then: Fault = { kind: 'delay', ms: 200 }) {
    let batches = 0;
    fault = ({ operation }) => {
      if (operation !== 'BatchWriteItem' || ++batches < number) return undefined;
      if (batches === number) act();
      return then;
    };
  }

  test('seed exactly what was asked for when run again after a kill, with the number that the first run printed', async () => {
    const environment = { ...stack, SEED_COUNT: '16' };
    const { child, outcome } = start('seed', environment);
    whenBatches(10, () => child.kill('SIGKILL'), { kind: 'disconnect' });
    const { code, out } = await outcome;
    expect(code).toBeNull();
    const part = await counts(database);
    fault = () => undefined;
    expect((await runHere(seedCommand, { ...environment, SEED: setSaidIn(out) })).code).toBe(0);
    const whole = await counts(database);
    expect(whole).toMatchObject({ users: 16, channels: 16, streams: 16 });
    expect(sum(part)).toBeGreaterThan(0);
    expect(sum(part)).toBeLessThan(sum(whole));
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('stop seeding after %s, and say so', async signal => {
    const environment = { ...stack, SEED_COUNT: '16' };
    const { child, outcome } = start('seed', environment);
    whenBatches(5, () => child.kill(signal));
    const { code, out, err } = await outcome;
    const set = setSaidIn(out);
    expect({ code, out }).toEqual({ code: 130, out: `SEED=${set}: seeding 16 channels into UGC-dev\n` });
    const line = `make seed SEED=${set} SEED_COUNT=16`;
    expect(err).toMatch(
      new RegExp(
        `^interrupted: \\d+ of 16 channels written, \\d+ rows\\. Complete the set with: ${line}\\n$`,
      ),
    );
    fault = () => undefined;
    expect((await runHere(seedCommand, { ...environment, SEED: set })).code).toBe(0);
    expect(await counts(database)).toMatchObject({ users: 16, channels: 16, streams: 16 });
  });

  test('print the command that completes a set that failed, with all its settings', async () => {
    const path = fileOf("it's mine.json", '{"channels":[{"username":"ann","title":"x"}]}');
    const environment = { ...stack, SEED_COUNT: '2', OFFLINE_SESSION_COUNT: '0', JSON: path, STAGE: 'prod' };
    await responder.stop();
    responder = await startStackResponder({ stackName: 'UGC-prod', names: database.names });
    const reached = { AWS_ENDPOINT_URL_CLOUDFORMATION: responder.endpoint };
    fault = ({ operation }) =>
      operation === 'BatchWriteItem' ? { kind: 'refuse', status: 400, type: 'AccessDenied' } : undefined;
    const failed = await runHere(seedCommand, { ...environment, ...reached });
    const set = setSaidIn(failed.out);
    const line = `SEED=${set} SEED_COUNT=2 OFFLINE_SESSION_COUNT=0 JSON='${path.replace("'", "'\\''")}' STACK=UGC-prod`;
    expect(failed).toMatchObject({ code: 1 });
    expect(failed.err.split('\n')).toEqual([
      `not complete: 0 of 2 channels written, 1 rows. Complete the set with: make seed ${line}`,
      'error: AccessDenied: AccessDenied',
      '',
    ]);
  });

  test('delete one set, and print the command that continues an interrupted deletion', async () => {
    await seed(database, { SEED_COUNT: '4', SEED: '1' });
    const kept = await counts(database);
    await seed(database, { SEED_COUNT: '16', SEED: '2' });
    const { child, outcome } = start('deleteSeed', { ...stack, SEED: '2' });
    whenBatches(5, () => child.kill('SIGTERM'));
    const { code, err } = await outcome;
    expect({ code, err }).toEqual({
      code: 130,
      err: expect.stringMatching(
        /^interrupted: \d+ seeded rows deleted\. Delete the rest with: make deleteSeed SEED=2\n$/,
      ),
    });
    fault = () => undefined;
    expect(await runHere(deleteSeedCommand, { ...stack, SEED: '2' })).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^UGC-dev no longer has rows of the set SEED=2\. Rows deleted: \d+\n/),
    });
    expect(await counts(database)).toEqual(kept);
    const bad = await runHere(deleteSeedCommand, { ...stack, SEED: '' });
    expect(bad).toEqual({
      code: 1,
      out: '',
      err: 'error: SEED must be a whole number from 0 to 4294967295 (got "")\n',
    });
    expect(await counts(database)).toEqual(kept);
  });

  test('seed the same file twice, and say which names are taken', async () => {
    const environment = { ...stack, SEED_COUNT: '3', JSON: fileOf('two.json', twoChannels) };
    expect(await runHere(seedCommand, environment)).toMatchObject({ code: 0, err: '' });
    const { code, out, err } = await runHere(seedCommand, environment);
    const set = setSaidIn(out);
    expect(code).toBe(0);
    expect(err).toBe(
      [
        `JSON: channels[0].username: ann is already taken on UGC-dev, so this channel is named mock-ann-${set}-0\n`,
        `JSON: channels[1].username: Bob is already taken on UGC-dev, so this channel is named mock-Bob-${set}-1\n`,
      ].join(''),
    );
    expect(await counts(database)).toMatchObject({ channels: 6, usernames: 6 });
  });

  test('stop deleting after SIGINT, and delete the rest when run again', async () => {
    await seed(database, { SEED_COUNT: '16' });
    const { child, outcome } = start('deleteSeed', stack);
    whenBatches(5, () => child.kill('SIGINT'));
    const { code, err } = await outcome;
    expect(code).toBe(130);
    expect(err).toMatch(/^interrupted: \d+ seeded rows deleted\. Delete the rest with: make deleteSeed\n$/);
    expect(sum(await counts(database))).toBeGreaterThan(0);
    fault = () => undefined;
    expect((await runHere(deleteSeedCommand, stack)).code).toBe(0);
    expect(await counts(database)).toEqual({});
  });

  test.each<[string, string, Command, Record<string, string>]>([
    ['make seed', 'error: there is no stack UGC-x', seedCommand, { STACK: 'UGC-x' }],
    ['make deleteSeed', 'error: there is no stack UGC-prod', deleteSeedCommand, { STAGE: 'prod' }],
  ])('%s ends with exit code 1 and one line: %s', async (_, message, command, overrides) => {
    expectOneLine(await runHere(command, { ...stack, ...overrides }), message);
  });

  test.each<['seed' | 'deleteSeed', string, Record<string, string>]>([
    [
      'seed',
      'error: cannot look up the stack UGC-dev: no usable AWS credentials: set AWS_PROFILE',
      { AWS_ACCESS_KEY_ID: '' },
    ],
    [
      'seed',
      'error: cannot look up the stack UGC-dev: nothing listens',
      { AWS_ENDPOINT_URL_CLOUDFORMATION: 'http://127.0.0.1:9' },
    ],
    [
      'seed',
      'error: cannot look up the stack UGC-dev: DNS does not resolve no-such-host.invalid: check the network',
      { AWS_ENDPOINT_URL_CLOUDFORMATION: 'http://no-such-host.invalid' },
    ],
    [
      'deleteSeed',
      'error: nothing listens at 127.0.0.1:9',
      { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' },
    ],
  ])('%s ends with exit code 1 and one line: %s', async (command, message, overrides) => {
    expectOneLine(await run(command, { ...stack, ...overrides }), message);
  });

  function expectOneLine({ code, out, err }: Outcome, message: string): void {
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^error: [^\n]*\n$/);
    expect(err).toContain(message);
    expect(proxy.total()).toBe(0);
  }
});

const twoChannels = '{"channels":[{"username":"ann","title":"x"},{"username":"Bob","title":"x"}]}';

/** The number of the set, which `make seed` prints before it writes anything. */
function setSaidIn(out: string): string {
  const [, set] = /^SEED=(\d+): /.exec(out) ?? [];
  if (set === undefined) throw new Error(`the first line names no set: ${out}`);
  return set;
}

function sum(rows: Readonly<Record<string, number>>): number {
  return Object.values(rows).reduce((total, count) => total + count, 0);
}
