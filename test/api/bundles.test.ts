import { expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { type FunctionSpec, resourceFunctions } from '../../model/functions.ts';

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

test.each(Object.entries<FunctionSpec>(resourceFunctions))(
  'the %s function has the SDK clients that it uses, and no other',
  async (_, { entry, tables, cursors }) => {
    const packages = await packagesOf(entry);
    const expected = [
      ...(Object.keys(tables).length === 0 ? [] : ['@aws-sdk/client-dynamodb']),
      ...(cursors ? ['@aws-sdk/client-secrets-manager'] : []),
    ];
    expect([...packages].filter(name => name.startsWith('@aws-sdk/client-'))).toEqual(
      expect.arrayContaining(expected),
    );
    expect([...packages].filter(name => name.startsWith('@aws-sdk/client-'))).toHaveLength(expected.length);
    expect(packages.has('aws-cdk-lib')).toBe(false);
  },
);
