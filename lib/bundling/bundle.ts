import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { type Host, pluginsFor } from './plugins.ts';

type Outputs = Metafile['outputs'];

/**
 * Bundles the programs at `entries`, each with everything it uses, into a folder of its own in `folder`:
 * `<entry without .ts>/index.mjs`. The AWS SDK is included, so that the tested version runs. In the bundle of
 * a function of the API, modules that the program loads with `import()` are in files of their own beside
 * `index.mjs`, so that a cold start does not compile them.
 *
 * @returns esbuild's description of the files of all bundles.
 */
export async function bundleEach(host: Host, entries: readonly string[], folder: string): Promise<Outputs> {
  const isSplit = (entry: string) => host === 'lambda' && entry.startsWith('lambdas/api/');
  // In one build, bundles that are split would share files. The others share the work.
  const groups = [...entries.filter(isSplit).map(entry => [entry]), entries.filter(entry => !isSplit(entry))];
  const outputs: Outputs = {};
  for (const group of groups) {
    if (group.length === 0) continue;
    const { metafile } = await build({
      entryPoints: group.map(entry => ({ in: entry, out: bundleFile(entry).replace(/\.mjs$/, '') })),
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      chunkNames: `${bundleFolder(group[0] ?? '')}/[name]-[hash]`,
      bundle: true,
      minify: true,
      splitting: group.every(isSplit),
      platform: 'node',
      target: 'node24',
      format: 'esm',
      // As ASCII, the list of words would take twice the space.
      charset: 'utf8',
      // Prefer ES modules to CommonJS: esbuild can remove their unused parts.
      mainFields: ['module', 'main'],
      plugins: pluginsFor(host),
      logLevel: 'warning',
      metafile: true,
    });
    Object.assign(outputs, metafile.outputs);
  }
  return outputs;
}

/** Returns the path, within the folder of all bundles, of the folder of the bundle of `entry`. */
export const bundleFolder = (entry: string): string => entry.replace(/\.ts$/, '');

/** Returns the path, within the folder of all bundles, of the file with which the bundle of `entry` starts. */
export const bundleFile = (entry: string): string => join(bundleFolder(entry), 'index.mjs');

/** Bundles one program, as `bundleEach` does, into `index.mjs` in `folder`. */
export async function bundle(entry: string, folder: string, host: Host = 'lambda'): Promise<void> {
  await bundleEach(host, [entry], folder);
  await cp(join(folder, bundleFolder(entry)), folder, { recursive: true });
}
