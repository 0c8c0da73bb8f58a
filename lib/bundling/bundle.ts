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
 * Replaces the SDK's default credential chain, which looks in files, at sign-in services and at metadata
 * servers, with its first step: the environment. Lambda sets the role's credentials there. The chain would
 * be two fifths of a bare DynamoDB client.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
const withEnvironmentCredentials: Plugin = {
  name: 'with-environment-credentials',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]@aws-sdk[\\/]credential-provider-node[\\/]dist-es[\\/]index\.js$/ }, () => ({
      contents: "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';",
    }));
  },
};

/**
 * Where a bundle runs. A function has its credentials in the environment. ECS gives a container its
 * credentials at an address, so a container keeps the SDK's default credential chain.
 */
export type Host = 'lambda' | 'container';

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
    plugins: [withoutLocales, withVocabulary, ...(host === 'lambda' ? [withEnvironmentCredentials] : [])],
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
