import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { synthesizedOf, variants } from './support/templateOf.ts';

describe.each(variants)("the findings of AWS's Solutions rules in %s", variant => {
  const { findings } = synthesizedOf(variant);

  test('are all accepted', () => {
    expect(findings.unaccepted).toEqual([]);
  });

  test('include every accepted finding', () => {
    expect(findings.unneeded).toEqual([]);
  });

  test('are accepted with a reason', () => {
    expect(findings.unreasoned).toEqual([]);
  });
});

test('the deployed app is checked, so that a finding fails the synth', () => {
  expect(readFileSync('bin/app.ts', 'utf8')).toMatch(/^const app = checkedApp\(\);$/m);
});

test('a stage that keeps its data warns when any origin may call its API, and no other stage does', () => {
  expect(synthesizedOf('prod').warnings).toEqual([expect.stringContaining('set ALLOWED_ORIGINS')]);
  expect(synthesizedOf('dev').warnings).toEqual([]);
});
