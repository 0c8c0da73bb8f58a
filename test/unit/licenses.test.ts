import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';

/** Licenses that allow use, change and redistribution, and require no more than attribution. */
const allowed: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'Apache-2.0 AND MIT',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'MIT OR Apache-2.0',
  '(MIT OR Apache-2.0)',
  '(MIT OR CC0-1.0)',
  // Used under MIT.
  '(MIT OR GPL-3.0-or-later)',
  'MIT-0',
  'PSF-2.0',
  'Python-2.0',
  'Unlicense',
]);

/** Packages with other licenses, and why they are allowed. Only `naughty-words` is in a bundle of a function. */
const exceptions: Readonly<Record<string, string>> = {
  'spdx-exceptions': 'CC-BY-3.0 data about licenses, of the Markdown check',
  'spdx-license-ids': 'CC0-1.0 data about licenses, of the Markdown check',
  '@cspell/dict-django': 'WTFPL, a word list of the spelling check',
  '@cspell/dict-en-common-misspellings': 'CC BY-SA 4.0, a word list of the spelling check',
  'amazon-ivs-chat-messaging': 'the official client, which tests connect to local mode with',
  'amazon-ivs-web-broadcast': 'AWS Customer Agreement, the official SDK for stages, in the web app',
  'naughty-words': 'CC-BY-4.0 data, to be shipped where its source is named, as docs/dependencies.md does',
  'caniuse-lite': 'CC-BY-4.0 data about browsers, of a development tool of a development tool',
  'axe-core': 'MPL-2.0, checks pages in tests',
  lightningcss: 'MPL-2.0, minifies CSS in the build of the web app; nothing of it is in the result',
};

const lockFile = z
  .object({
    packages: z.record(
      z.string(),
      z.object({ license: z.string().optional(), hasInstallScript: z.boolean().optional() }),
    ),
  })
  .parse(JSON.parse(readFileSync('package-lock.json', 'utf8')));
const names = z.record(z.string(), z.string()).optional().default({});
const manifest = z
  .object({ dependencies: names, devDependencies: names, optionalDependencies: names })
  .parse(JSON.parse(readFileSync('package.json', 'utf8')));
const direct = Object.keys({
  ...manifest.dependencies,
  ...manifest.devDependencies,
  ...manifest.optionalDependencies,
});

describe('the dependencies', () => {
  test('have permissive licenses, except for the named ones', () => {
    const others = Object.entries(lockFile.packages)
      .filter(([path, { license = '' }]) => path !== '' && !allowed.has(license))
      .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length))
      // Its binaries for each platform are packages of their own.
      .map(name => name.replace(/^lightningcss-.*/, 'lightningcss'));
    expect([...new Set(others)].sort()).toEqual(Object.keys(exceptions).sort());
  });

  test('are exactly those in docs/dependencies.md', () => {
    const table = readFileSync('docs/dependencies.md', 'utf8')
      .split('\n')
      .filter(line => line.startsWith('| `'));
    const listed = table.flatMap(line =>
      [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
    );
    expect(listed.sort()).toEqual(direct.sort());
  });

  test('are installed without install scripts', () => {
    expect(readFileSync('.npmrc', 'utf8')).toMatch(/^ignore-scripts=true$/m);
  });
});
