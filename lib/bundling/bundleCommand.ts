import { bundleEach } from './bundle.ts';

/** `tsx lib/bundling/bundleCommand.ts <folder> <entry>…`: see `bundleEach`. esbuild says what is wrong on stderr. */
const [folder, ...entries] = process.argv.slice(2);
if (folder === undefined || entries.length === 0) throw new Error('wants a folder and entries');
bundleEach(entries, folder).catch(() => {
  process.exitCode = 1;
});
