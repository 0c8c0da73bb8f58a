import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writtenOnce } from '../../support/writtenOnce.ts';
import type { Findings } from './findings.ts';
import { type CfnTemplate, parseTemplate } from './template.ts';

/** The files from which a template is made. */
const sources = ['lib', 'model', 'test/infra/support', 'cdk.json', 'package-lock.json'];

/** The variants: each stage, dev in containers, without the web app, and with all optional settings of a deployment. */
export const variants = ['dev', 'prod', 'fargate', 'apiOnly', 'extras'] as const;
export type Variant = (typeof variants)[number];

/** The result of a variant. */
export interface Synthesized {
  readonly template: CfnTemplate;
  readonly terminationProtection: boolean;
  readonly warnings: readonly string[];
  readonly findings: Findings;
}

const synthesized = z.object({
  template: z.unknown().transform(parseTemplate),
  terminationProtection: z.boolean(),
  warnings: z.array(z.string()),
  findings: z.object({
    unaccepted: z.array(z.string()),
    unneeded: z.array(z.string()),
    unreasoned: z.array(z.string()),
  }),
});

/**
 * Returns the template of a variant of the stack, for every Region, without the code of the functions.
 *
 * Loading the CDK takes seconds in each test file. Reading a template that one process wrote for all of them does not.
 */
export const templateOf = (variant: Variant = 'dev'): CfnTemplate => synthesizedOf(variant).template;

/** Returns the template of a variant, and other properties of its stack. */
export function synthesizedOf(variant: Variant): Synthesized {
  const folder = writtenOnce({ name: 'templates', script: 'test/infra/support/writeTemplates.ts', sources });
  return synthesized.parse(JSON.parse(readFileSync(join(folder, `${variant}.json`), 'utf8')));
}
