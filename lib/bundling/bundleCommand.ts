import { bundleEach } from './bundle.ts';

/**
 * `tsx lib/bundling/bundleCommand.ts <folder> <entry>…`: runs `bundleEach`. esbuild prints errors to stderr.
 */
const [folder, ...entries] = process.argv.slice(2);
if (folder === undefined || entries.length === 0)
  throw new Error('usage: bundleCommand.ts <folder> <entry>…');
bundleEach(entries, folder).catch(() => {
  process.exitCode = 1;
});
