import { expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { type FunctionSpec, type IvsResource, resourceFunctions } from '../../model/functions.ts';

/** The packages that a function's bundle takes something from. */
async function packagesOf(entry: string): Promise<Set<string>> {
  const { metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    outfile: 'handler.mjs',
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
  });
  const inputs = Object.values(metafile.outputs).flatMap(output =>
    Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  return new Set(inputs.map(path => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? 'own'));
}

/** The kinds of IVS resources, by the package whose client their operations are of. */
const clients = {
  channel: '@aws-sdk/client-ivs',
  'stream-key': '@aws-sdk/client-ivs',
  room: '@aws-sdk/client-ivschat',
  stage: '@aws-sdk/client-ivs-realtime',
} as const;

test.each(Object.entries<FunctionSpec>(resourceFunctions))(
  'the %s function has the SDK clients that it uses, and no other',
  async (_, { entry, tables, cursors, tokens, ivs = {} }) => {
    const packages = await packagesOf(entry);
    const expected = new Set([
      ...(Object.keys(tables).length === 0 ? [] : ['@aws-sdk/client-dynamodb']),
      ...(cursors || tokens ? ['@aws-sdk/client-secrets-manager'] : []),
      ...(Object.keys(ivs) as IvsResource[]).map(kind => clients[kind]),
    ]);
    // Older clients bring those that sign people in, which no function does: a part of their chain of credentials.
    const found = [...packages].filter(name => /^@aws-sdk\/client-(?!sso)/.test(name));
    expect(found.toSorted()).toEqual([...expected].toSorted());
    expect(packages.has('aws-cdk-lib')).toBe(false);
  },
);
