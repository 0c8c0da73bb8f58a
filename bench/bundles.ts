import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { tokenIssuer } from '../domain/accounts/tokens.ts';
import { bundleEach, bundleFile } from '../lib/bundling/bundle.ts';
import { localAttachments } from '../local/attachments.ts';
import { LOOPBACK } from '../local/dynamo/engine.ts';
import { setFunctionEnvironment } from '../local/functionEnvironment.ts';
import { functionSpecs } from '../model/functions.ts';
import { LOCAL_REGION } from '../model/localEndpoint.ts';
import { tableNames } from '../model/tables.ts';
import type { Database } from '../store/database.ts';
import { gatewayEvent } from '../test/api/gateway.ts';
import { bundleFiles } from '../test/support/bundles.ts';
import { addFigure, median, printTable, ratio } from './support/report.ts';

/**
 * `node --import tsx bench/bundles.ts [function]…`: the size of what each Lambda imports, the time in which a new Node process imports it, and the time of its
 * first and its second request. AWS is a server on this machine that answers over TLS, so a first request
 * includes its connections and its secrets. All are compared with a bare DynamoDB client.
 *
 * The times are processor time: it does not depend on what else the machine does, and a Lambda function
 * divides it by its share of a processor.
 */
const ROUNDS = 15;
const STACK = 'UGC-bench';
const BARE = 'bare DynamoDB client';
const SECRET = 'a secret for the bench, thirty-two characters';
/** The functions that most requests and events meet have a stricter target than the others. */
const strictest = new Set(['channels', 'viewers', 'streams', 'postStreamEvents']);

/** The requests of the functions whose first request is measured. */
const requests: Readonly<Record<string, { readonly path: string; readonly hasToken?: true }>> = {
  system: { path: '/v1/health' },
  categories: { path: '/v1/categories' },
  channels: { path: '/v1/channels/ann' },
  streams: { path: '/v1/channels/ann/streams' },
  viewers: { path: '/v1/channels/ann/streams/st-1/viewers' },
  chat: { path: '/v1/channels/ann/chat/blocked-terms', hasToken: true },
  stages: { path: '/v1/stages/ann' },
  ownChannel: { path: '/v1/channels/me/ingest', hasToken: true },
  follows: { path: '/v1/users/me/following', hasToken: true },
  users: { path: '/v1/users/me', hasToken: true },
};

const chosen = process.argv.slice(2);
const entries: Readonly<Record<string, string>> = {
  [BARE]: 'bench/bareDynamoDbClient.ts',
  ...Object.fromEntries(
    Object.entries(functionSpecs)
      .filter(([name]) => chosen.length === 0 || chosen.includes(name))
      .map(([name, { entry }]) => [name, entry]),
  ),
};

/** A server with a certificate for this run that answers every request of the SDK: nothing was found. */
async function startAws(folder: string) {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=localhost'],
      ...['-addext', `subjectAltName=IP:${LOOPBACK}`],
    ],
    { stdio: 'ignore' },
  );
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
    const isSecret = String(request.headers['x-amz-target']).startsWith('secretsmanager');
    const body = isSecret
      ? { SecretString: SECRET, VersionId: 'version-1' }
      : { Items: [], Responses: {}, Attributes: {} };
    request.resume().on('end', () => response.end(JSON.stringify(body)));
  });
  await new Promise<void>(resolve => server.listen(0, LOOPBACK, resolve));
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return { port, cert, stop: () => server.close() };
}

function environment({ port, cert }: { port: number; cert: string }): NodeJS.ProcessEnv {
  const variables: NodeJS.ProcessEnv = {
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    NODE_EXTRA_CA_CERTS: cert,
  };
  setFunctionEnvironment(variables, {
    awsPort: port,
    region: LOCAL_REGION,
    dynamodbEndpoint: `https://${LOOPBACK}:${port}`,
    cursorSecretId: 'secret',
    tokenSecretId: 'secret',
    stackName: STACK,
    partnerFollowers: 100,
    recordingsUrl: 'https://recordings.example',
    imagesBucket: 'images',
    chatEndpoint: 'wss://chat.example',
    attachments: localAttachments(STACK, LOCAL_REGION),
    names: Object.fromEntries(tableNames.map(name => [name, name])) as Database['names'],
  });
  variables['AWS_ENDPOINT_URL'] = `https://${LOOPBACK}:${port}`;
  return variables;
}

const started = z.object({ importMs: z.number(), firstMs: z.number(), secondMs: z.number() });
type Started = z.infer<typeof started>;

/** Imports `file` in a new Node process, and calls its handler twice with `event`, if there is one. */
async function start(file: string, event: unknown, env: NodeJS.ProcessEnv): Promise<Started> {
  const script = `
    const spent = async work => {
      const before = process.cpuUsage();
      await work();
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    };
    let handler;
    const importMs = await spent(async () => ({ handler } = await import(${JSON.stringify(pathToFileURL(file).href)})));
    const event = ${JSON.stringify(event ?? null)};
    const call = () => spent(() => event === null ? undefined : handler(event, {}));
    const [firstMs, secondMs] = [await call(), await call()];
    process.stdout.write(JSON.stringify({ importMs, firstMs, secondMs }), () => process.exit());`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env,
  });
  return started.parse(JSON.parse(stdout));
}

async function eventOf(name: string): Promise<unknown> {
  if (name === BARE) return 'an id';
  const request = requests[name];
  if (request === undefined) return undefined;
  const key = { id: 'version-1', secret: new TextEncoder().encode(SECRET) };
  const keys = { current: async () => key, withId: async () => key };
  const user = { id: '0123456789abcdef0123456789abcdef', username: 'ann', channelId: 'AbCdEf1gHiJk' };
  const token = await tokenIssuer({ keys, clock: () => new Date() }).issue(user, 'family');
  return gatewayEvent(
    request.path,
    request.hasToken ? { headers: { authorization: `Bearer ${token}` } } : {},
  );
}

interface Measured {
  readonly bytes: number;
  readonly gzipBytes: number;
  /** The files that are loaded when a request needs them. */
  readonly laterBytes: number;
  readonly starts: readonly Started[];
}

async function measure(folder: string): Promise<Map<string, Measured>> {
  const { [BARE]: bare = '', ...functions } = entries;
  const outputs = {
    ...(await bundleEach('anywhere', [bare], folder)),
    ...(await bundleEach('lambda', Object.values(functions), folder)),
  };
  const files = Object.entries(entries).map(
    ([name, entry]) => [name, entry, join(folder, bundleFile(entry))] as const,
  );
  const aws = await startAws(folder);
  const env = environment(aws);
  const starts = new Map(files.map(([name]) => [name, [] as Started[]]));
  // The bundles take turns, so that a slow phase of the machine affects all of them.
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, , target] of files)
      starts.get(name)?.push(await start(target, await eventOf(name), env));
  }
  aws.stop();
  return new Map(
    files.map(([name, entry]) => {
      const { imported, later } = bundleFiles(outputs, entry);
      const code = imported.map(path => readFileSync(path));
      const sum = (sizes: readonly number[]) => sizes.reduce((one, other) => one + other, 0);
      return [
        name,
        {
          bytes: sum(code.map(({ length }) => length)),
          gzipBytes: sum(code.map(file => gzipSync(file).length)),
          laterBytes: sum(later.map(path => readFileSync(path).length)),
          starts: starts.get(name) ?? [],
        },
      ];
    }),
  );
}

const text = (ms: number) => ms.toFixed(1);

function report(measured: ReadonlyMap<string, Measured>): void {
  const bare = measured.get(BARE);
  if (bare === undefined) throw new Error(`there is no measurement of the ${BARE}`);
  const rows = [...measured].map(([name, { bytes, gzipBytes, laterBytes, starts }]) => {
    const ratios = starts.map(
      ({ importMs }, round) => importMs / (bare.starts[round]?.importMs ?? Number.NaN),
    );
    const sorted = ratios.toSorted((a, b) => a - b);
    const quartile = (part: number) => ratio(sorted[Math.round((sorted.length - 1) * part)] ?? Number.NaN);
    if (name !== BARE)
      addFigure(`cold import: ${name}, compared with a bare DynamoDB client`, ratios, {
        atMost: strictest.has(name) ? 1.1 : 1.3,
      });
    const middle = (of: keyof Started) => median(starts.map(start => start[of]));
    const isCalled = name === BARE || name in requests;
    return [
      ...[name, ...[bytes, gzipBytes, laterBytes].map(size => Math.round(size / 1000))],
      ...[text(middle('importMs')), ratio(median(ratios)), `${quartile(0.25)}–${quartile(0.75)}`],
      ...(isCalled ? [text(middle('firstMs')), text(middle('secondMs'))] : ['', '']),
    ];
  });
  printTable(`Lambda bundles: size, and processor time in ${ROUNDS} new processes (median)`, [
    [
      ...[
        'function',
        'minified kB',
        'gzip kB',
        'loaded later kB',
        'import ms',
        'vs. bare client',
        'middle half',
      ],
      ...['1st request ms', '2nd request ms'],
    ],
    ...rows,
  ]);
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ugc-bundles-'));
  try {
    report(await measure(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
