import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';

const everything = 'everything';

/**
 * The folders that the files of each folder may import from, besides their own. A file belongs to the longest
 * name here that its path starts with.
 */
const layers: Readonly<Record<string, readonly string[] | typeof everything>> = {
  model: [],
  store: ['model'],
  ivs: ['model'],
  domain: ['store', 'ivs', 'model'],
  // Public texts are reviewed with the words of the chat review.
  'lambdas/api': ['lambdas/chatReview', 'domain', 'store', 'ivs', 'model'],
  'lambdas/chatReview': ['store', 'model'],
  'lambdas/chatArchive': ['store', 'model'],
  'lambdas/announce': ['domain', 'store', 'ivs', 'model'],
  'lambdas/maintenance': ['domain', 'store', 'ivs', 'model'],
  streamEventsApi: ['domain', 'store', 'ivs', 'model'],
  seed: ['store', 'model'],
  operations: [
    ...['lambdas/announce', 'lambdas/chatArchive', 'streamEventsApi', 'seed'],
    ...['domain', 'store', 'ivs', 'model'],
  ],
  local: [
    ...[
      'lambdas/api',
      'lambdas/announce',
      'lambdas/chatReview',
      'lambdas/chatArchive',
      'lambdas/maintenance',
    ],
    ...['streamEventsApi', 'seed', 'domain', 'store', 'ivs', 'model'],
  ],
  client: ['lambdas/api', 'model'],
  web: ['client'],
  // The bundler writes the OpenAPI document and the word lists of the chat review into bundles.
  lib: ['lambdas/api', 'lambdas/chatReview', 'model'],
  bin: ['lib', 'store', 'model'],
  bench: everything,
  test: everything,
};

/** The folders whose code runs in AWS. */
const deployed = ['model', 'store', 'ivs', 'domain', 'lambdas', 'streamEventsApi'];

/** Packages that only these folders may import. `test` and `bench` may import any package. */
const reserved: Readonly<Record<string, readonly string[]>> = {
  'aws-cdk-lib': ['lib', 'bin'],
  constructs: ['lib', 'bin'],
  '@aws-sdk/client-dynamodb': ['store', 'local', 'seed', 'lambdas'],
  '@aws-sdk/lib-dynamodb': ['store', 'seed', 'local'],
  hono: ['lambdas/api', 'local'],
  '@hono/zod-openapi': ['lambdas/api'],
  '@hono/node-server': ['lambdas/api', 'local'],
  '@faker-js/faker': ['seed'],
  preact: ['web'],
};

/** Folders and files without a clock, randomness or I/O of their own. */
const pure = [
  ...['domain', 'model'],
  ...['fold', 'settle', 'session', 'addEvidence', 'repair'].map(name => `streamEventsApi/${name}.ts`),
  'seed/plan.ts',
];

/**
 * A host that clients connect to. Service principals (`ivschat.amazonaws.com`) have no Region and do not
 * match. Hosts that are put together from parts match too, by `ivschat.` before a variable.
 */
const ivsHost =
  /\S*(?:live-video\.net|\bivs\.rocks|\bivs(?:chat|realtime)?\.(?:\$\{|[a-z]{2}-[a-z-]+-\d))\S*/g;

interface Import {
  readonly file: string;
  readonly specifier: string;
  /** The path of a relative import, from the project's root. */
  readonly target?: string;
}

const notCode = new Set(['node_modules', 'cdk.out', 'coverage']);

/** Every TypeScript file of the project, by its path. */
const files = readdirSync('.', { withFileTypes: true })
  .filter(entry => entry.isDirectory() && !entry.name.startsWith('.') && !notCode.has(entry.name))
  .flatMap(({ name }) =>
    readdirSync(name, { recursive: true, encoding: 'utf8' }).map(path => normalize(join(name, path))),
  )
  .filter(path => /\.tsx?$/.test(path) && !/^(?:client|web)\/dist\//.test(path))
  .sort();

const imports: readonly Import[] = files.flatMap(file =>
  [...readFileSync(file, 'utf8').matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^'\s]+)'/g)].map(
    ([, specifier = '']): Import =>
      specifier.startsWith('.')
        ? { file, specifier, target: normalize(join(dirname(file), specifier)) }
        : { file, specifier },
  ),
);

const isIn = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`);
const layerOf = (path: string) =>
  Object.keys(layers)
    .filter(folder => isIn(path, folder))
    .reduce<string | undefined>(
      (longest, name) => (name.length > (longest ?? '').length ? name : longest),
      undefined,
    );
const isChecked = ({ file }: Import) => layers[layerOf(file) ?? ''] !== everything;
const packageOf = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

describe('the architecture', () => {
  afterAll(() => {
    process.stdout.write(
      `architecture: ${files.length} files and ${imports.length} imports of ${Object.keys(layers).length} folders\n`,
    );
  });

  test('every file is in a folder of the table, and every folder in the table has files', () => {
    expect(files.filter(file => layerOf(file) === undefined)).toEqual([]);
    expect(Object.keys(layers).filter(folder => !files.some(file => layerOf(file) === folder))).toEqual([]);
  });

  test('files import only from the folders that the table allows', () => {
    const refused = imports.filter(isChecked).filter(({ file, target }) => {
      const [from, to] = [layerOf(file) ?? '', layerOf(target ?? '')];
      return to !== undefined && to !== from && !layers[from]?.includes(to);
    });
    expect(refused.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  test('no file imports itself through others, not even by type imports', () => {
    expect(circles()).toEqual([]);
  });

  test('a reserved package is imported only by its folders', () => {
    const refused = imports
      .filter(isChecked)
      .filter(
        ({ file, specifier }) => reserved[packageOf(specifier)]?.some(folder => isIn(file, folder)) === false,
      );
    expect(refused.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
  });

  test('the domain, the model, the fold and the seed plan have no clock, randomness or I/O of their own', () => {
    const isPure = (file: string) => pure.some(part => isIn(file, part));
    const impure = files
      .filter(isPure)
      .filter(file =>
        /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\brandomUUID\(|\bfetch\(/.test(
          readFileSync(file, 'utf8'),
        ),
      );
    expect(impure).toEqual([]);
    const reaching = imports.filter(({ file, specifier }) => isPure(file) && isInputOutput(specifier));
    expect(reaching.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
  });

  test('every Lambda function limits the time of its AWS requests: its clients are made with functionRequests or oneTry', () => {
    const unbounded = files
      .filter(file => isIn(file, 'lambdas') || isIn(file, 'streamEventsApi'))
      .filter(file =>
        /documentClient\(|new \w+Client\((?!functionRequests|(\{ \.\.\.)?oneTry)/.test(
          readFileSync(file, 'utf8'),
        ),
      );
    expect(unbounded).toEqual([]);
  });

  test('the hosts of IVS are only in model/ivsHosts.ts', () => {
    const written = files
      .filter(file => layers[layerOf(file) ?? ''] !== everything)
      // The second file is generated from the OpenAPI document.
      .filter(file => !['model/ivsHosts.ts', 'client/schema.ts'].includes(file))
      .flatMap(file =>
        [...readFileSync(file, 'utf8').matchAll(ivsHost)].map(([host]) => `${file} writes ${host}`),
      );
    expect(written).toEqual([]);
    expect(readFileSync('model/ivsHosts.ts', 'utf8').match(ivsHost)?.length).toBeGreaterThan(3);
  });

  test('code that runs in AWS imports no development dependency', () => {
    const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      devDependencies: object;
    };
    const refused = imports
      .filter(
        ({ file, specifier }) =>
          deployed.some(folder => isIn(file, folder)) && packageOf(specifier) in devDependencies,
      )
      // This package has only types of events, and adds nothing to a bundle.
      .filter(({ specifier }) => specifier !== 'aws-lambda');
    expect(refused.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
  });
});

/** The import cycles, each as the list of its files. */
function circles(): string[] {
  const targets = new Map<string, string[]>(files.map(file => [file, []]));
  for (const { file, target } of imports) if (target !== undefined) targets.get(file)?.push(target);
  const found: string[] = [];
  const finished = new Set<string>();
  const visit = (file: string, path: readonly string[]) => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file].join(' → '));
    else if (!finished.has(file))
      for (const target of targets.get(file) ?? []) visit(target, [...path, file]);
    finished.add(file);
  };
  for (const file of files) visit(file, []);
  return found;
}

function isInputOutput(specifier: string): boolean {
  const name = specifier.replace(/^node:/, '');
  return builtinModules.includes(name) && !['crypto', 'zlib', 'buffer', 'util'].includes(name);
}
