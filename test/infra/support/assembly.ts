import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { codeAndSettings, writtenOnce } from '../../support/writtenOnce.ts';
import { type CfnTemplate, parseTemplate } from './template.ts';

const assetManifest = z.object({
  files: z.record(z.string(), z.object({ source: z.object({ path: z.string() }) })),
});

/** What a synthesis writes of a stack: its template, and the code of its functions. */
export interface Assembly {
  readonly template: CfnTemplate;
  /** Where an asset was built, by the name of its file in the assets' bucket without `.zip`. */
  assetFolder(hash: string): string;
}

/** Reads a stack from what a synthesis wrote to `folder`. */
export function readAssembly(folder: string, stackName: string): Assembly {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const { files } = assetManifest.parse(read(`${stackName}.assets.json`));
  return {
    template: parseTemplate(read(`${stackName}.template.json`)),
    assetFolder: hash => {
      const file = files[hash];
      if (file === undefined) throw new Error(`no asset ${hash}`);
      return join(folder, file.source.path);
    },
  };
}

export const DEV_STACK = 'UGC-dev';
export const REGION = 'us-west-2';

/**
 * The dev stack for one Region with the code of its functions, synthesized and bundled once for all tests, by a process
 * of its own: see `writtenOnce`.
 */
export function devAssembly(): Assembly {
  const folder = writtenOnce({
    name: 'assembly',
    script: 'test/infra/support/writeAssembly.ts',
    sources: [...codeAndSettings(), 'test/infra/support'],
  });
  return readAssembly(folder, DEV_STACK);
}
