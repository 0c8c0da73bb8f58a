import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { latinLines, otherLines } from '../../lambdas/chatReview/vocabulary.ts';

/**
 * zod's `z` object refers to its error messages in fifty languages, so no bundler can remove them: a quarter
 * of a megabyte per function, parsed on every cold start. English, the default, is imported separately and
 * stays.
 */
const withoutLocales: Plugin = {
  name: 'without-locales',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: 'export {};' }));
  },
};

/**
 * Replaces the module that builds the review's word list from the packages with the finished list. Building
 * it would take longer than the rest of a cold start.
 */
const withVocabulary: Plugin = {
  name: 'with-vocabulary',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]chatReview[\\/]vocabulary\.ts$/ }, () => ({
      contents: Object.entries({ latinLines, otherLines })
        .map(([name, lines]) => `export const ${name} = () => ${JSON.stringify(lines())};`)
        .join('\n'),
    }));
  },
};

/**
 * Bundles the Lambda functions that `entries` export, each with everything it uses, into one file `<entry
 * without .ts>/index.mjs` in `folder`. The AWS SDK is included, so that the tested version runs.
 * @returns esbuild's description of the inputs of each bundle.
 */
export async function bundleEach(entries: readonly string[], folder: string): Promise<Metafile> {
  const { metafile } = await build({
    entryPoints: entries.map(entry => ({ in: entry, out: `${withoutExtension(entry)}/index` })),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // As ASCII, the list of words would take twice the space.
    charset: 'utf8',
    // Prefer ES modules to CommonJS: esbuild can remove their unused parts.
    mainFields: ['module', 'main'],
    plugins: [withoutLocales, withVocabulary],
    logLevel: 'warning',
    metafile: true,
  });
  return metafile;
}

/** Returns the path, within its folder, of the bundle of `entry`. */
export const bundleFile = (entry: string): string => join(withoutExtension(entry), 'index.mjs');

/** Bundles one Lambda function, as `bundleEach` does, into `index.mjs` in `folder`. */
export async function bundle(entry: string, folder: string): Promise<void> {
  await bundleEach([entry], folder);
  await rename(join(folder, bundleFile(entry)), join(folder, 'index.mjs'));
}

const withoutExtension = (entry: string): string => entry.replace(/\.ts$/, '');
