import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fargate } from './fargate.ts';
import { ownDomain } from './ownDomain.ts';
import { type SynthesisOptions, synthesize } from './synthesize.ts';
import type { Synthesized, Variant } from './templateOf.ts';

const options: Record<Variant, SynthesisOptions> = {
  dev: {},
  prod: { stage: 'prod' },
  fargate: { environment: fargate },
  apiOnly: { settings: { webApp: false } },
  // All optional settings of a deployment at once, and a second stack in the same app.
  extras: {
    environment: {
      STACK: 'Extras',
      ALARMS_EMAIL: 'night@example.com',
      ALLOWED_ORIGINS: 'https://a.example',
      ...ownDomain,
    },
    settings: {
      tracing: true,
      recordings: { reconnectWindowSeconds: 60, thumbnailSeconds: 10, retentionDays: 400 },
    },
    beside: 'Beside',
  },
};

/**
 * `tsx test/infra/support/writeTemplates.ts <folder>`: writes the result of each variant, without the code of the
 * functions, to `<variant>.json`.
 */
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('the argument must be a folder');
for (const [variant, asked] of Object.entries(options)) {
  const { template, terminationProtection = false, warnings, findings, discard } = synthesize(asked);
  discard();
  const synthesized: Synthesized = { template, terminationProtection, warnings, findings: findings() };
  writeFileSync(join(folder, `${variant}.json`), JSON.stringify(synthesized));
}
