import { bundle } from './bundle.ts';

/** `tsx lib/bundling/bundleCommand.ts <entry> <folder>`: see `bundle`. esbuild says what is wrong on stderr. */
const [entry, folder] = process.argv.slice(2);
if (entry === undefined || folder === undefined) throw new Error('wants an entry and a folder');
bundle(entry, folder).catch(() => {
  process.exitCode = 1;
});
