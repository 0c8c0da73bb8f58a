import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConfig, lint } from '@redocly/openapi-core';
import spectralCore, { type RulesetDefinition } from '@stoplight/spectral-core';
import spectralRulesets from '@stoplight/spectral-rulesets';
import { openApiDocument } from '../lambdas/api/openApi.ts';

// `make lint` checks the OpenAPI document with the rules that two public linters recommend. A warning fails it too.

/** Returns what Redocly's recommended-strict rules find in the document at `path`. */
async function redocly(path: string): Promise<string[]> {
  const config = await createConfig({ extends: ['recommended-strict'] });
  const problems = await lint({ ref: path, config });
  return problems.map(
    ({ ruleId, message, location }) => `Redocly ${ruleId}: ${message} (${location[0]?.pointer ?? '#/'})`,
  );
}

/** Returns what Spectral's recommended rules for OpenAPI find in a document. */
async function spectral(document: object): Promise<string[]> {
  const linter = new spectralCore.Spectral();
  // The types of the ruleset allow more formats than those of the linter.
  linter.setRuleset({ extends: [spectralRulesets.oas as RulesetDefinition], rules: {} });
  const problems = await linter.run({ ...document });
  return problems.map(({ code, message, path }) => `Spectral ${code}: ${message} (#/${path.join('/')})`);
}

async function main(): Promise<void> {
  const document = openApiDocument();
  const folder = mkdtempSync(join(tmpdir(), 'openapi-'));
  try {
    const path = join(folder, 'openapi.json');
    writeFileSync(path, JSON.stringify(document));
    const problems = [...(await redocly(path)), ...(await spectral(document))];
    for (const problem of problems) console.error(problem);
    if (problems.length > 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

void main();
