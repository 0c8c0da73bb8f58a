import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writtenOnce } from '../../support/writtenOnce.ts';
import type { Findings } from './findings.ts';
import { type CfnTemplate, parseTemplate } from './template.ts';

/** All that a template is made from. */
const sources = ['lib', 'model', 'test/infra/support', 'cdk.json', 'package-lock.json'];

/** Each stage, dev in containers, and dev with all that a deployment may ask for beside. */
export const variants = ['dev', 'prod', 'fargate', 'extras'] as const;
export type Variant = (typeof variants)[number];

/** What comes of a variant. */
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
 * The template of a variant of the stack, for every Region, with functions whose code is not built.
 *
 * To load the CDK takes every test file some seconds, and to read a template that a process has written for all of them
 * takes none.
 */
export const templateOf = (variant: Variant = 'dev'): CfnTemplate => synthesizedOf(variant).template;

/** The template of a variant, and what is known of its stack beside. */
export function synthesizedOf(variant: Variant): Synthesized {
  const folder = writtenOnce({ name: 'templates', script: 'test/infra/support/writeTemplates.ts', sources });
  return synthesized.parse(JSON.parse(readFileSync(join(folder, `${variant}.json`), 'utf8')));
}
