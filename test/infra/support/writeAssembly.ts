import { MAIL_FROM, REGION } from './assembly.ts';
import { synthesize } from './synthesize.ts';

/** `tsx test/infra/support/writeAssembly.ts <folder>`: writes the dev stack, which sends mail, with the code of its functions. */
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('the argument must be a folder');
synthesize({ bundle: true, region: REGION, folder, settings: { mailFrom: MAIL_FROM } });
