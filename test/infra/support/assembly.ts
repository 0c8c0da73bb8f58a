import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { codeAndSettings, writtenOnce } from '../../support/writtenOnce.ts';
import { type CfnTemplate, parseTemplate } from './template.ts';

const assetManifest = z.object({
  files: z.record(z.string(), z.object({ source: z.object({ path: z.string() }) })),
});

/** The output of a synthesis for a stack: its template, and the code of its functions. */
export interface Assembly {
  readonly template: CfnTemplate;
  /** The folder of each asset, by its file name in the assets bucket without `.zip`. */
  assetFolder(hash: string): string;
}

/** Reads a stack that a synthesis wrote to `folder`. */
export function readAssembly(folder: string, stackName: string): Assembly {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const { files } = assetManifest.parse(read(`${stackName}.assets.json`));
  return {
    template: parseTemplate(read(`${stackName}.template.json`)),
    assetFolder: hash => {
      const file = files[hash];
      if (file === undefined) throw new Error(`the synthesis wrote no asset ${hash}`);
      return join(folder, file.source.path);
    },
  };
}

export const DEV_STACK = 'UGC-dev';
/** The sender of mails. */
export const MAIL_FROM = 'Live <live@example.com>';
export const REGION = 'us-west-2';

/**
 * The dev stack for one Region, with a sender of mails and the code of its functions. A separate process synthesizes and bundles it once for
 * all tests: see `writtenOnce`.
 */
export function devAssembly(): Assembly {
  const folder = writtenOnce({
    name: 'assembly',
    script: 'test/infra/support/writeAssembly.ts',
    sources: [...codeAndSettings(), 'test/infra/support'],
  });
  return readAssembly(folder, DEV_STACK);
}
