import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Findings } from './findings.ts';
import { type CfnTemplate, parseTemplate } from './template.ts';

const CACHE = 'node_modules/.cache/templates';

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
 * The templates are synthesized by a process of their own, once for all tests, and again when anything that they are
 * made from has changed: to load the CDK takes every test file some seconds, and to read a template none.
 */
export const templateOf = (variant: Variant = 'dev'): CfnTemplate => synthesizedOf(variant).template;

/** The template of a variant, and what is known of its stack beside. */
export function synthesizedOf(variant: Variant): Synthesized {
  const digest = digestOfSources();
  const file = join(CACHE, `${digest}-${variant}.json`);
  mkdirSync(CACHE, { recursive: true });
  while (!existsSync(file)) writeOrWait(digest);
  return synthesized.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** Several test files start at once: one of them has the templates made, and the others wait for it. */
function writeOrWait(digest: string): void {
  const lock = join(CACHE, `${digest}.lock`);
  if (isYoung(lock)) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    return;
  }
  writeFileSync(lock, '');
  try {
    writeTemplates(digest);
  } finally {
    rmSync(lock, { force: true });
  }
}

/** A lock that is older is of a process that was killed. */
const LOCK_MS = 120_000;
const isYoung = (lock: string): boolean =>
  Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0) < LOCK_MS;

function writeTemplates(digest: string): void {
  const outdated = readdirSync(CACHE).filter(name => !name.startsWith(digest));
  for (const name of outdated) rmSync(join(CACHE, name), { force: true });
  const script = 'test/infra/support/writeTemplates.ts';
  execFileSync(process.execPath, ['--import', 'tsx', script, join(CACHE, digest)], {
    // Warnings are looked at by tests; the error of a failure has all that it wrote.
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

function digestOfSources(): string {
  const hash = createHash('sha256');
  for (const file of sources.flatMap(filesIn)) hash.update(file).update('\0').update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

function filesIn(path: string): string[] {
  if (/\.json$/.test(path)) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => join(path, name))
    .sort();
}
