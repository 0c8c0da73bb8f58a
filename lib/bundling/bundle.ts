import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { latinLines, otherLines } from '../../lambdas/chatReview/vocabulary.ts';

/**
 * zod's error messages in fifty languages hang on its `z` object, so no bundler can see that nobody reads
 * them: a quarter of a megabyte in each function, to be parsed on every cold start. English, the default, is
 * imported apart from them.
 */
const withoutLocales: Plugin = {
  name: 'without-locales',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: 'export {};' }));
  },
};

/**
 * The words that chat is reviewed for, folded and sorted, in place of the module that makes them of the packages' lists:
 * that would take longer than all the rest of a cold start.
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
 * Builds the code of the Lambdas that `entries` export: each with everything it imports and uses as the one file
 * `<entry without .ts>/index.mjs` in `folder`, as if it were built alone. The AWS SDK is inside too, so that what
 * runs is what was tested. Says what each is made from.
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
    // As it is written: in ASCII, the words that chat is reviewed for would take twice the space.
    charset: 'utf8',
    // Packages' ES modules before their CommonJS: esbuild can leave out what is not used of them.
    mainFields: ['module', 'main'],
    plugins: [withoutLocales, withVocabulary],
    logLevel: 'warning',
    metafile: true,
  });
  return metafile;
}

/** Where in its folder `bundleEach` puts the code of `entry`. */
export const bundleFile = (entry: string): string => join(withoutExtension(entry), 'index.mjs');

/** Builds the code of one Lambda, as `bundleEach` does, as `index.mjs` in `folder`. */
export async function bundle(entry: string, folder: string): Promise<void> {
  await bundleEach([entry], folder);
  await rename(join(folder, bundleFile(entry)), join(folder, 'index.mjs'));
}

const withoutExtension = (entry: string): string => entry.replace(/\.ts$/, '');
