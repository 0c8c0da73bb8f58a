import { renameSync, writeFileSync } from 'node:fs';
import { fargate } from './fargate.ts';
import { type SynthesisOptions, synthesize } from './synthesize.ts';
import type { Synthesized, Variant } from './templateOf.ts';

const options: Record<Variant, SynthesisOptions> = {
  dev: {},
  prod: { stage: 'prod' },
  fargate: { environment: fargate },
  // What few deployments ask for, all in one; and a stack that is not alone.
  extras: {
    environment: { STACK: 'Extras', ALARMS_EMAIL: 'night@example.com', ALLOWED_ORIGINS: 'https://a.example' },
    settings: { tracing: true },
    beside: 'Beside',
  },
};

/**
 * `tsx test/infra/support/writeTemplates.ts <prefix>`: writes what comes of each variant, with functions whose code is
 * not built, to `<prefix>-<variant>.json`. A file is there whole or not at all.
 */
const [prefix] = process.argv.slice(2);
if (prefix === undefined) throw new Error('wants a prefix');
for (const [variant, asked] of Object.entries(options)) {
  const { template, terminationProtection = false, warnings, findings, discard } = synthesize(asked);
  discard();
  const synthesized: Synthesized = { template, terminationProtection, warnings, findings: findings() };
  const file = `${prefix}-${variant}.json`;
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(synthesized));
  renameSync(`${file}.${process.pid}`, file);
}
