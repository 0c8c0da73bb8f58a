import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Metafile } from 'esbuild';
import { bundleEach, bundleFile } from '../../lib/bundling/bundle.ts';
import { type FunctionSpec, type IvsResource, resourceFunctions } from '../../model/functions.ts';

const specs = Object.entries<FunctionSpec>(resourceFunctions);
const folder = mkdtempSync(join(tmpdir(), 'ugc-packages-'));
let outputs: Metafile['outputs'];
beforeAll(async () => {
  ({ outputs } = await bundleEach(
    specs.map(([, { entry }]) => entry),
    folder,
  ));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The npm packages whose code is in a function's bundle. */
function packagesOf(entry: string): Set<string> {
  const [output] = Object.entries(outputs).flatMap(([path, found]) =>
    path.endsWith(`/${bundleFile(entry)}`) ? [found] : [],
  );
  const inputs = Object.entries(output?.inputs ?? {});
  const taken = inputs.flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : []));
  return new Set(taken.map(path => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? 'own'));
}

/** The kinds of IVS resources, by the package of the client that has their operations. */
const clients = {
  channel: '@aws-sdk/client-ivs',
  'stream-key': '@aws-sdk/client-ivs',
  room: '@aws-sdk/client-ivschat',
  stage: '@aws-sdk/client-ivs-realtime',
} as const;

test.each(specs)(
  'the %s function bundles the SDK clients that it uses, and no others',
  (_, { entry, tables, cursors, tokens, ivs = {} }) => {
    const packages = packagesOf(entry);
    expect(packages).toContain('own');
    const expected = new Set([
      ...(Object.keys(tables).length === 0 ? [] : ['@aws-sdk/client-dynamodb']),
      ...(cursors || tokens ? ['@aws-sdk/client-secrets-manager'] : []),
      ...(Object.keys(ivs) as IvsResource[]).map(kind => clients[kind]),
    ]);
    // Older SDK versions bundle the SSO and STS clients as part of the default credential chain. No function
    // calls them.
    const found = [...packages].filter(name => /^@aws-sdk\/client-(?!sso)/.test(name));
    expect(found.toSorted()).toEqual([...expected].toSorted());
    expect(packages.has('aws-cdk-lib')).toBe(false);
  },
);
