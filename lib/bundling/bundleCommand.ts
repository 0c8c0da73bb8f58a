import { bundleEach } from './bundle.ts';

/**
 * `tsx lib/bundling/bundleCommand.ts lambda|container <folder> <entry>…`: runs `bundleEach`. esbuild prints
 * errors to stderr.
 */
const [host, folder, ...entries] = process.argv.slice(2);
if ((host !== 'lambda' && host !== 'container') || folder === undefined || entries.length === 0)
  throw new Error('usage: bundleCommand.ts lambda|container <folder> <entry>…');
bundleEach(host, entries, folder).catch(() => {
  process.exitCode = 1;
});
