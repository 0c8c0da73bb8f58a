import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';

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
 * Builds a Lambda's code: `entry`, and of everything it imports what is used, as the one file `index.mjs` in
 * `folder`. The AWS SDK is inside too, so that what runs is what was tested.
 */
export async function bundle(entry: string, folder: string): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile: join(folder, 'index.mjs'),
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // Packages' ES modules before their CommonJS: esbuild can leave out what is not used of them.
    mainFields: ['module', 'main'],
    plugins: [withoutLocales],
    logLevel: 'warning',
  });
}
