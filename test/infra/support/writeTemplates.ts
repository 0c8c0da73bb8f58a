import { renameSync, writeFileSync } from 'node:fs';
import { synthesize } from './synthesize.ts';

/**
 * `tsx test/infra/support/writeTemplates.ts <prefix> <stage>…`: writes the template of each stage, with functions whose
 * code is not built, to `<prefix>-<stage>.json`. A file is there whole or not at all.
 */
const [prefix, ...stages] = process.argv.slice(2);
if (prefix === undefined || stages.length === 0) throw new Error('wants a prefix and stages');
for (const stage of stages) {
  const { template, discard } = synthesize({ stage });
  discard();
  const file = `${prefix}-${stage}.json`;
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(template));
  renameSync(`${file}.${process.pid}`, file);
}
