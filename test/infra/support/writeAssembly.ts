import { REGION } from './assembly.ts';
import { synthesize } from './synthesize.ts';

/** `tsx test/infra/support/writeAssembly.ts <folder>`: writes the dev stack to a folder, with its functions' code. */
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('wants a folder');
synthesize({ bundle: true, region: REGION, folder });
