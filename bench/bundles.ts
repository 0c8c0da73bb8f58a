import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { bundle } from '../lib/bundling/bundle.ts';
import { localAttachments } from '../local/attachments.ts';
import { setFunctionEnvironment } from '../local/functionEnvironment.ts';
import { functionSpecs } from '../model/functions.ts';
import { LOCAL_REGION } from '../model/localEndpoint.ts';
import { tableNames } from '../model/tables.ts';
import type { Database } from '../store/database.ts';
import { printTable, ratio } from './support/report.ts';

/**
 * The size of each Lambda's bundle and the time in which a new Node process imports it, compared with the
 * bundle of a bare DynamoDB client.
 */
const ROUNDS = 5;
const STACK = 'UGC-bench';
const BARE = 'bare DynamoDB client';

const entries: Readonly<Record<string, string>> = {
  [BARE]: 'bench/bareDynamoDbClient.ts',
  ...Object.fromEntries(Object.entries(functionSpecs).map(([name, { entry }]) => [name, entry])),
};

/** The environment variables of all functions. An import sends no requests, so the values need not exist. */
function environment(): NodeJS.ProcessEnv {
  const variables: NodeJS.ProcessEnv = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
  setFunctionEnvironment(variables, {
    awsPort: 1,
    region: LOCAL_REGION,
    dynamodbEndpoint: 'http://127.0.0.1:1',
    cursorSecretId: 'secret',
    tokenSecretId: 'secret',
    stackName: STACK,
    partnerFollowers: 100,
    recordingsUrl: 'https://recordings.example',
    chatEndpoint: 'wss://chat.example',
    attachments: localAttachments(STACK, LOCAL_REGION),
    names: Object.fromEntries(tableNames.map(name => [name, name])) as Database['names'],
  });
  return variables;
}

/** Returns the milliseconds in which a new Node process imports `file`. */
function coldImportMs(file: string): number {
  const script = `
    const start = performance.now();
    import(${JSON.stringify(pathToFileURL(file).href)}).then(() => {
      console.log(performance.now() - start);
      process.exit();
    });`;
  return Number(execFileSync(process.execPath, ['-e', script], { env: environment(), encoding: 'utf8' }));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

interface Measured {
  readonly bytes: number;
  readonly gzipBytes: number;
  readonly importMs: number;
}

async function measure(folder: string): Promise<Map<string, Measured>> {
  const files = Object.entries(entries).map(
    ([name, entry]) => [name, entry, join(folder, name.replaceAll(' ', '-'))] as const,
  );
  // `lambda` replaces parts of the SDK that the functions do not use. The bare client is bundled unchanged.
  for (const [name, entry, target] of files)
    await bundle(entry, target, name === BARE ? 'container' : 'lambda');
  const imports = new Map(files.map(([name]) => [name, [] as number[]]));
  // The bundles take turns, so that a slow phase of the machine affects all of them.
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, , target] of files) imports.get(name)?.push(coldImportMs(join(target, 'index.mjs')));
  }
  return new Map(
    files.map(([name, , target]) => {
      const code = readFileSync(join(target, 'index.mjs'));
      const importMs = median(imports.get(name) ?? []);
      return [name, { bytes: code.length, gzipBytes: gzipSync(code).length, importMs }];
    }),
  );
}

function report(measured: ReadonlyMap<string, Measured>): void {
  const bare = measured.get(BARE);
  if (bare === undefined) throw new Error(`there is no measurement of the ${BARE}`);
  const rows = [...measured].map(([name, { bytes, gzipBytes, importMs }]) => [
    name,
    Math.round(bytes / 1000),
    Math.round(gzipBytes / 1000),
    ratio(gzipBytes / bare.gzipBytes),
    Math.round(importMs),
    ratio(importMs / bare.importMs),
  ]);
  printTable(`Lambda bundles: size, and median import time in ${ROUNDS} new processes`, [
    ['function', 'minified kB', 'gzip kB', 'size vs. bare client', 'import ms', 'time vs. bare client'],
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
