import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { type Host, pluginsFor } from './plugins.ts';

/**
 * Bundles the programs at `entries`, each with everything it uses, into one file `<entry
 * without .ts>/index.mjs` in `folder`. The AWS SDK is included, so that the tested version runs.
 * @returns esbuild's description of the inputs of each bundle.
 */
export async function bundleEach(host: Host, entries: readonly string[], folder: string): Promise<Metafile> {
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
    plugins: pluginsFor(host),
    logLevel: 'warning',
    metafile: true,
  });
  return metafile;
}

/** Returns the path, within its folder, of the bundle of `entry`. */
export const bundleFile = (entry: string): string => join(withoutExtension(entry), 'index.mjs');

/** Bundles one program, as `bundleEach` does, into `index.mjs` in `folder`. */
export async function bundle(entry: string, folder: string, host: Host = 'lambda'): Promise<void> {
  await bundleEach(host, [entry], folder);
  await rename(join(folder, bundleFile(entry)), join(folder, 'index.mjs'));
}

const withoutExtension = (entry: string): string => entry.replace(/\.ts$/, '');
