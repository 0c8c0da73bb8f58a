import { readFileSync } from 'node:fs';
import type { Loader, Plugin } from 'esbuild';
import { z } from 'zod';
import { openApiDocument } from '../../lambdas/api/openApi.ts';
import { latinLines, otherLines } from '../../lambdas/chatReview/vocabulary.ts';

/** Where a bundle runs. `anywhere` replaces nothing: a bundle as every project has it, for comparison. */
export type Host = 'lambda' | 'container' | 'anywhere';

/** Returns the plugins that replace modules in bundles for `host`. */
export function pluginsFor(host: Host): Plugin[] {
  if (host === 'anywhere') return [];
  return host === 'lambda' ? [...everywhere, environmentCredentials] : [...everywhere];
}

/** Replaces the modules whose paths match `path`, with `/` as the separator, by what `contents` returns. */
function replacement(
  name: string,
  path: RegExp,
  contents: (path: string) => string,
  loader: Loader = 'js',
): Plugin {
  const filter = new RegExp(path.source.replaceAll('\\/', '[\\\\/]'));
  return {
    name,
    setup: ({ onLoad }) => onLoad({ filter }, file => ({ contents: contents(file.path), loader })),
  };
}

/** Returns a module whose functions return finished values. JSON is faster to compile than an object. */
const finished = (values: Readonly<Record<string, string | object>>) =>
  Object.entries(values)
    .map(([name, value]) => `export const ${name} = () => ${expressionOf(value)};`)
    .join('\n');

const expressionOf = (value: string | object): string =>
  typeof value === 'string' ? JSON.stringify(value) : `JSON.parse(${JSON.stringify(JSON.stringify(value))})`;

/**
 * Replaces the SDK's default credential chain, which looks in files, at sign-in services and at metadata
 * servers, with its first step: the environment. Lambda sets the role's credentials there. The chain would
 * be two fifths of a bare DynamoDB client. A container keeps the chain, because ECS gives it credentials at
 * an address.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
const environmentCredentials = replacement(
  'environment-credentials',
  /\/@aws-sdk\/credential-provider-node\/dist-es\/index\.js$/,
  () => "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';",
);

const packageJson = z.object({ version: z.string() });

const everywhere: readonly Plugin[] = [
  // zod has error messages in fifty languages, a quarter of a megabyte. Bundlers keep all of them, because zod
  // refers to them as one object.
  replacement(
    'only-english',
    /\/zod\/v4\/locales\/index\.js$/,
    () => "export { default as en } from './en.js';",
  ),

  // The SDK imports these when it needs them, which is never here: no operation that this project calls has an
  // event stream, and `bowser` reads the user agents of browsers. Bundles contain neither.
  {
    name: 'no-unused-imports',
    setup: ({ onResolve }) =>
      onResolve({ filter: /^(@smithy\/core\/event-streams|bowser)$/ }, ({ path }) => ({
        path,
        external: true,
      })),
  },

  // A cache for the discovery of endpoints, which is off.
  replacement(
    'no-endpoint-discovery',
    /\/@aws-sdk\/endpoint-cache\/dist-es\/index\.js$/,
    () => 'export class EndpointCache {}',
  ),

  // The clients of the SDK include their package.json and read its version.
  replacement(
    'only-versions',
    /\/@aws-sdk\/[\w-]+\/package\.json$/,
    path => JSON.stringify(packageJson.parse(JSON.parse(readFileSync(path, 'utf8')))),
    'json',
  ),

  // Building the document needs the schemas of all answers and the generator of JSON schemas.
  replacement('finished-document', /\/lambdas\/api\/openApi\.ts$/, () =>
    finished({ openApiDocument: openApiDocument() }),
  ),

  // Building the word list of the chat review from its packages takes longer than the rest of a cold start.
  replacement('finished-vocabulary', /\/chatReview\/vocabulary\.ts$/, () =>
    finished({ latinLines: latinLines(), otherLines: otherLines() }),
  ),
];
