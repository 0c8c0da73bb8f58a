import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * `tsx test/e2e/writeCommands.ts <folder>`: bundles each script that tests start with all its imports. Then
 * `node --import <folder>/start.mjs <script>` does the same as `node --import tsx <script>` in a third of the
 * CPU time.
 */
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: tsx test/e2e/writeCommands.ts <folder>');
await build({
  entryPoints: ['local/broadcast.ts', 'local/main.ts', 'local/seedLocal.ts', 'operations/run.ts'],
  outbase: '.',
  outdir: folder,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  // As in the bundles of the functions. A CommonJS package that is loaded with `import()` would have no named exports.
  mainFields: ['module', 'main'],
  platform: 'node',
  target: 'node20',
  format: 'esm',
  // Bundled CommonJS packages load Node modules with `require`.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
  logLevel: 'warning',
});

const start = `import { register } from 'node:module';
register('./resolve.mjs', import.meta.url);
`;
/** Only scripts end in `.ts`, because the bundles import each other. */
const resolve = `import { pathToFileURL } from 'node:url';
const root = pathToFileURL('./').href;
export function resolve(specifier, context, next) {
  if (!specifier.startsWith(root) || !specifier.endsWith('.ts')) return next(specifier, context);
  const bundle = specifier.slice(root.length).replace(/\\.ts$/, '.mjs');
  return { url: new URL(bundle, import.meta.url).href, format: 'module', shortCircuit: true };
}
`;
writeFileSync(join(folder, 'start.mjs'), start);
writeFileSync(join(folder, 'resolve.mjs'), resolve);
