import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type CfnTemplate, parseTemplate } from './template.ts';

const CACHE = 'node_modules/.cache/templates';

/** All that a template is made from. */
const sources = ['lib', 'model', 'test/infra/support', 'cdk.json', 'package-lock.json'];

const stages = ['dev', 'prod'] as const;

/**
 * The template of a stage, for every Region, with functions whose code is not built.
 *
 * The templates are synthesized by a process of their own, once for all tests, and again when anything that they are
 * made from has changed: to load the CDK takes every test file some seconds, and to read a template none.
 */
export function templateOf(stage: (typeof stages)[number] = 'dev'): CfnTemplate {
  const digest = digestOfSources();
  const file = join(CACHE, `${digest}-${stage}.json`);
  if (!existsSync(file)) writeTemplates(digest);
  return parseTemplate(JSON.parse(readFileSync(file, 'utf8')));
}

function writeTemplates(digest: string): void {
  mkdirSync(CACHE, { recursive: true });
  const outdated = readdirSync(CACHE).filter(name => !name.startsWith(digest));
  for (const name of outdated) rmSync(join(CACHE, name), { force: true });
  const script = 'test/infra/support/writeTemplates.ts';
  execFileSync(process.execPath, ['--import', 'tsx', script, join(CACHE, digest), ...stages], {
    stdio: ['ignore', 'ignore', 'inherit'],
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
