import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Metafile } from 'esbuild';
import { z } from 'zod';
import { openApiDocument } from '../../lambdas/api/openApi.ts';
import { type Budget, bundleBudgets, OTHER_PACKAGE_KB, packageBudgets } from '../../lib/bundling/budgets.ts';
import { bundleEach, bundleFile } from '../../lib/bundling/bundle.ts';
import {
  type FunctionSpec,
  functionSpecs,
  type IvsResource,
  resourceFunctions,
} from '../../model/functions.ts';
import { defaultLimits } from '../../model/rateLimit.ts';
import { tableNames } from '../../model/tables.ts';
import { tableVariable } from '../../model/tableVariable.ts';
import { run } from '../infra/support/run.ts';
import { bundleFiles } from '../support/bundles.ts';
import { startAwsResponder } from './awsResponder.ts';
import { gatewayEvent, responseOf } from './gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'ugc-packages-'));
let outputs: Metafile['outputs'];
beforeAll(async () => {
  outputs = await bundleEach(
    'lambda',
    Object.values(functionSpecs).map(({ entry }) => entry),
    folder,
  );
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Module {
  readonly path: string;
  /** Its npm package, or `own`. */
  readonly from: string;
  readonly bytes: number;
}

/** The modules from which these files take something, the largest first. */
const modulesIn = (files: readonly string[]): Module[] =>
  files
    .flatMap(file => Object.entries(outputs[file]?.inputs ?? {}))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path, { bytesInOutput: bytes }]) => ({ path, from: packageOf(path), bytes }))
    .toSorted((one, other) => other.bytes - one.bytes);

/** The modules that a cold start of a function loads. */
const modulesOf = (entry: string) => modulesIn(bundleFiles(outputs, entry).imported);

const packageOf = (path: string) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? 'own';
const packagesIn = (files: readonly string[]) => new Set(modulesIn(files).map(({ from }) => from));

/** The address of the bundle of a function of the API. */
const bundleUrl = (name: keyof typeof resourceFunctions) =>
  pathToFileURL(join(folder, bundleFile(resourceFunctions[name].entry))).href;

const SES_CLIENT = '@aws-sdk/client-sesv2';

/** The kinds of IVS resources, by the package of the client that has their operations. */
const clients = {
  channel: '@aws-sdk/client-ivs',
  'stream-key': '@aws-sdk/client-ivs',
  room: '@aws-sdk/client-ivschat',
  stage: '@aws-sdk/client-ivs-realtime',
} as const;

test.each(Object.entries<FunctionSpec>(resourceFunctions))(
  'the %s function bundles the SDK clients that it uses, and no others',
  (_, { entry, tables, cursors, tokens, mail, ivs = {} }) => {
    const { imported, later } = bundleFiles(outputs, entry);
    const packages = packagesIn([...imported, ...later]);
    expect(packages).toContain('own');
    const expected = new Set([
      ...(Object.keys(tables).length === 0 ? [] : ['@aws-sdk/client-dynamodb']),
      ...(cursors || tokens ? ['@aws-sdk/client-secrets-manager'] : []),
      ...(mail ? [SES_CLIENT] : []),
      ...(Object.keys(ivs) as IvsResource[]).map(kind => clients[kind]),
    ]);
    const found = [...packages].filter(name => name.startsWith('@aws-sdk/client-'));
    expect(found.toSorted()).toEqual([...expected].toSorted());
    expect(packages.has('aws-cdk-lib')).toBe(false);
  },
);

test.each(Object.entries<FunctionSpec>(resourceFunctions))(
  'a cold start of the %s function loads no code of secrets, tokens, mail, common passwords and IVS',
  (_, { entry }) => {
    const packages = packagesIn(bundleFiles(outputs, entry).imported);
    const late = [
      'jose',
      '@zxcvbn-ts/language-common',
      SES_CLIENT,
      '@aws-sdk/client-secrets-manager',
      ...Object.values(clients),
    ];
    expect(late.filter(name => packages.has(name))).toEqual([]);
  },
);

const kB = (modules: readonly Module[]) =>
  Math.round(modules.reduce((sum, { bytes }) => sum + bytes, 0) / 100) / 10;
const largest = (modules: readonly Module[]) =>
  modules
    .slice(0, 3)
    .map(module => `${module.path.replace(/.*node_modules\//, '')} (${kB([module])} kB)`)
    .join(', ');

/** Returns what of a bundle exceeds its budgets, with the modules to look at. */
function excessOf(modules: readonly Module[], budget: Budget): string[] {
  const own = modules.filter(({ from }) => from === 'own');
  const packages = [...new Set(modules.map(({ from }) => from))].filter(name => name !== 'own');
  return [
    ...packages.flatMap(name => {
      const [taken, most] = [
        modules.filter(({ from }) => from === name),
        packageBudgets[name] ?? OTHER_PACKAGE_KB,
      ];
      return kB(taken) > most ? [`${name} has ${kB(taken)} kB of ${most}: ${largest(taken)}`] : [];
    }),
    ...(kB(modules) > budget.kB
      ? [`the bundle has ${kB(modules)} kB of ${budget.kB}: ${largest(modules)}; own: ${largest(own)}`]
      : []),
    ...(modules.length > budget.modules
      ? [`the bundle has ${modules.length} modules of ${budget.modules}`]
      : []),
  ];
}

test('every function has a budget', () => {
  expect(Object.keys(bundleBudgets).toSorted()).toEqual(Object.keys(functionSpecs).toSorted());
});

test.each(Object.entries(bundleBudgets))(
  'the %s bundle keeps its budgets of bytes and modules',
  (name, budget) => {
    const modules = modulesOf(functionSpecs[name]?.entry ?? '');
    expect(modules).not.toEqual([]);
    expect(excessOf(modules, budget)).toEqual([]);
  },
);

test('a bundle that grows fails with the names of the modules that made it grow', () => {
  const path = '../node_modules/zod/v4/classic/schemas.js';
  const grown = { path, from: packageOf(path), bytes: 60_000 };
  const modules = [grown, ...modulesOf(resourceFunctions.channels.entry)];
  expect(excessOf(modules, bundleBudgets['channels'] ?? { kB: 0, modules: 0 })).toEqual([
    expect.stringMatching(/^zod has \d+(\.\d)? kB of 48: zod\/v4\/classic\/schemas\.js \(60 kB\), /),
    expect.stringMatching(/^the bundle has \d+(\.\d)? kB of 332: zod\/v4\/classic\/schemas\.js \(60 kB\), /),
  ]);
});

/** Sends `event` to the bundle of a function, once with each of `environments`, in a process of its own. */
async function answersOf(
  name: keyof typeof resourceFunctions,
  event: ReturnType<typeof gatewayEvent>,
  environments: readonly Readonly<Record<string, string>>[],
): Promise<unknown[]> {
  const script = `
    const { handler } = await import(${JSON.stringify(bundleUrl(name))});
    const answers = [];
    for (const environment of ${JSON.stringify(environments)}) {
      Object.assign(process.env, environment);
      answers.push(await handler(${JSON.stringify(event)}, {}));
    }
    process.stdout.write(JSON.stringify(answers), () => process.exit());`;
  const { code, stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', script], {
    timeoutMs: 30_000,
    env: {
      AWS_REGION: 'us-west-2',
      POWERTOOLS_LOG_LEVEL: 'SILENT',
      ALLOWED_ORIGINS: '*',
      CURSOR_SECRET_ID: 'cursors',
      TOKEN_SECRET_ID: 'tokens',
      LIMITS: JSON.stringify(defaultLimits),
      RECORDINGS_URL: 'https://recordings.example',
      ...Object.fromEntries(tableNames.map(table => [tableVariable(table), table])),
    },
  });
  if (code !== 0) throw new Error(stderr);
  const answers = z.array(z.unknown()).parse(JSON.parse(stdout)).map(responseOf);
  return Promise.all(answers.map(async answer => [answer.status, await answer.json()]));
}

test("a function signs with its role's credentials, and with new ones as soon as the environment has them", async () => {
  const signers: unknown[] = [];
  const database = await startAwsResponder((_, { authorization = '', ...headers }) => {
    signers.push([/Credential=(\w+)/.exec(authorization)?.[1], headers['x-amz-security-token']]);
    return { status: 200, body: { Items: [] } };
  });
  const environmentOf = (credentials: string) => ({
    AWS_ENDPOINT_URL_DYNAMODB: database.endpoint,
    AWS_ACCESS_KEY_ID: credentials,
    AWS_SECRET_ACCESS_KEY: `${credentials}-secret`,
    AWS_SESSION_TOKEN: `${credentials}-token`,
    AWS_CREDENTIAL_EXPIRATION: new Date(Date.now() + 3_600_000).toISOString(),
  });
  const answers = await answersOf(
    'categories',
    gatewayEvent('/v1/categories'),
    ['first', 'second'].map(environmentOf),
  );
  await database.stop();
  const empty = [200, { items: [], nextCursor: null }];
  expect(answers).toEqual([empty, empty]);
  expect(signers).toEqual([
    ['first', 'first-token'],
    ['second', 'second-token'],
  ]);
});

test('the system function answers with the document that its bundle was built with', async () => {
  const document = JSON.parse(JSON.stringify(openApiDocument()));
  expect(await answersOf('system', gatewayEvent('/v1/openapi.json'), [{}])).toEqual([[200, document]]);
});

test('a function loads the code that verifies tokens, and of the secret that they are signed with, when a request has a token', async () => {
  const aws = await startAwsResponder(() => ({
    status: 200,
    body: { SecretString: 'a secret of thirty-two characters', VersionId: 'version-1' },
  }));
  const headers = { authorization: 'Bearer eyJhbGciOiJIUzI1NiIsImtpZCI6InZlcnNpb24tMSJ9.e30.forged' };
  const answers = await answersOf('channels', gatewayEvent('/v1/channels/ann', { headers }), [
    { AWS_ENDPOINT_URL: aws.endpoint, AWS_ACCESS_KEY_ID: 'role', AWS_SECRET_ACCESS_KEY: 'secret' },
  ]);
  await aws.stop();
  expect(answers).toEqual([
    [401, expect.objectContaining({ detail: expect.stringContaining('the access token is not valid') })],
  ]);
  expect(aws.operations).toEqual(['GetSecretValue', 'GetSecretValue']);
});
