import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { type Host, pluginsFor } from './plugins.ts';

/**
 * Bundles the programs at `entries`, each with everything it uses, into a folder of its own in `folder`:
 * `<entry without .ts>/index.mjs`. The AWS SDK is included, so that the tested version runs. In a bundle for
 * Lambda, modules that the program loads with `import()` are in files of their own beside `index.mjs`, so
 * that a cold start does not compile them.
 *
 * @returns esbuild's description of the files of all bundles.
 */
export async function bundleEach(
  host: Host,
  entries: readonly string[],
  folder: string,
): Promise<Metafile['outputs']> {
  const bundles = await Promise.all(
    entries.map(entry => bundle(entry, join(folder, bundleFolder(entry)), host)),
  );
  return Object.assign({}, ...bundles);
}

/** Returns the path, within the folder of all bundles, of the folder of the bundle of `entry`. */
export const bundleFolder = (entry: string): string => entry.replace(/\.ts$/, '');

/** Returns the path, within the folder of all bundles, of the file with which the bundle of `entry` starts. */
export const bundleFile = (entry: string): string => join(bundleFolder(entry), 'index.mjs');

/** Bundles one program, as `bundleEach` does, into `index.mjs` in `folder`. */
export async function bundle(
  entry: string,
  folder: string,
  host: Host = 'lambda',
): Promise<Metafile['outputs']> {
  const { metafile } = await build({
    entryPoints: [{ in: entry, out: 'index' }],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    splitting: host === 'lambda',
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
  return metafile.outputs;
}
