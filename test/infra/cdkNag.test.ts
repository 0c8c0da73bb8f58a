import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { synthesizedOf, variants } from './support/templateOf.ts';

describe.each(variants)("AWS's Solutions rules find in %s", variant => {
  const { findings } = synthesizedOf(variant);

  test('nothing that nobody has accepted', () => {
    expect(findings.unaccepted).toEqual([]);
  });

  test('all that was accepted', () => {
    expect(findings.unneeded).toEqual([]);
  });

  test('nothing that was accepted without a reason', () => {
    expect(findings.unreasoned).toEqual([]);
  });
});

test('a finding fails the synth of the app that is deployed, as it does that of any checked app', () => {
  expect(readFileSync('bin/app.ts', 'utf8')).toMatch(/^const app = checkedApp\(\);$/m);
});

test('a stage that keeps its data is warned of when pages from everywhere may call its API, and no other is', () => {
  expect(synthesizedOf('prod').warnings).toEqual([expect.stringContaining('set ALLOWED_ORIGINS')]);
  expect(synthesizedOf('dev').warnings).toEqual([]);
});
