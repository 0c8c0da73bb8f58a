import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from '@jest/globals';

/** What each folder may import from, beside itself. Arrows only go down. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  model: [],
  store: ['model'],
  ivs: ['model'],
  domain: ['store', 'ivs', 'model'],
  lambdas: ['domain', 'store', 'ivs', 'model'],
  streamEventsApi: ['domain', 'store', 'ivs', 'model'],
  maintenance: ['domain', 'store', 'ivs', 'model'],
  chatReview: ['store', 'model'],
  chatArchive: ['store', 'model'],
  seed: ['store', 'model'],
  operations: ['seed', 'streamEventsApi', 'chatArchive', 'store', 'ivs', 'model'],
  local: [
    'lambdas',
    'streamEventsApi',
    'maintenance',
    'chatReview',
    'chatArchive',
    'seed',
    'domain',
    'store',
    'ivs',
    'model',
  ],
  container: ['lambdas', 'model'],
  client: ['lambdas'],
  // The bundler makes the words that chat is reviewed for.
  lib: ['chatReview', 'model'],
  bin: ['lib', 'store', 'model'],
};

/** Packages that only these folders may import. */
const reserved: Readonly<Record<string, readonly string[]>> = {
  'aws-cdk-lib': ['lib', 'bin'],
  constructs: ['lib', 'bin'],
  '@aws-sdk/client-dynamodb': ['store', 'local', 'seed', 'lambdas'],
  '@aws-sdk/lib-dynamodb': ['store', 'seed', 'local'],
  hono: ['lambdas', 'local'],
  '@hono/zod-openapi': ['lambdas'],
  '@hono/node-server': ['lambdas'],
  '@faker-js/faker': ['seed'],
};

interface Import {
  readonly file: string;
  readonly from: string;
  readonly specifier: string;
}

function imports(): Import[] {
  return Object.keys(arrows).flatMap(folder =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.ts'))
      .flatMap(name => {
        const file = join(folder, name);
        const text = readFileSync(file, 'utf8');
        const found = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g);
        return [...found].map(([, specifier = '']) => ({ file, from: folder, specifier }));
      }),
  );
}

const all = imports();
const folderOf = (path: string) => path.split('/')[0] ?? '';
const packageOf = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

describe('the arrows between the folders', () => {
  test('there are imports to look at in every folder', () => {
    expect(Object.keys(arrows).filter(folder => !all.some(({ from }) => from === folder))).toEqual([]);
  });

  test('only go down', () => {
    const upward = all
      .filter(({ specifier }) => specifier.startsWith('.'))
      .map(({ file, from, specifier }) => ({ file, from, to: normalize(join(dirname(file), specifier)) }))
      .filter(
        ({ from, to }) => to.includes('/') && folderOf(to) !== from && !arrows[from]?.includes(folderOf(to)),
      )
      .map(({ file, to }) => `${file} imports ${to}`);
    expect(upward).toEqual([]);
  });

  test('a package that belongs to a layer is imported by that layer only', () => {
    const astray = all
      .filter(({ from, specifier }) => reserved[packageOf(specifier)]?.includes(from) === false)
      .map(({ file, specifier }) => `${file} imports ${specifier}`);
    expect(astray).toEqual([]);
  });

  test('the domain and the model have no clock, no randomness and no I/O of their own', () => {
    const pure = [
      'domain',
      'model',
      'streamEventsApi/fold.ts',
      'streamEventsApi/settle.ts',
      'streamEventsApi/session.ts',
      'streamEventsApi/witness.ts',
      'streamEventsApi/repair.ts',
      'seed/plan.ts',
    ];
    const impure = [...new Set(all.map(({ file }) => file))]
      .filter(file => pure.some(part => file === part || file.startsWith(`${part}/`)))
      .filter(file =>
        /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\brandomUUID\(|\bfetch\(/.test(
          readFileSync(file, 'utf8'),
        ),
      );
    expect(impure).toEqual([]);
    const reaching = all
      .filter(({ file }) => pure.some(part => file === part || file.startsWith(`${part}/`)))
      .filter(({ specifier }) => isInputOutput(specifier))
      .map(({ file, specifier }) => `${file} imports ${specifier}`);
    expect(reaching).toEqual([]);
  });

  test('what runs in Lambda imports nothing that is only there for development', () => {
    const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      devDependencies: object;
    };
    const shipped = new Set([
      'model',
      'store',
      'ivs',
      'domain',
      'lambdas',
      'streamEventsApi',
      'chatReview',
      'chatArchive',
      'maintenance',
      'container',
    ]);
    const astray = all
      .filter(({ from, specifier }) => shipped.has(from) && packageOf(specifier) in devDependencies)
      // Types of events; nothing of it is left in a bundle.
      .filter(({ specifier }) => specifier !== 'aws-lambda')
      .map(({ file, specifier }) => `${file} imports ${specifier}`);
    expect(astray).toEqual([]);
  });
});

function isInputOutput(specifier: string): boolean {
  const name = specifier.replace(/^node:/, '');
  return builtinModules.includes(name) && !['crypto', 'buffer', 'util'].includes(name);
}
