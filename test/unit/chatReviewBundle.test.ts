import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { innocentWords } from '../../chatReview/innocentWords.ts';
import { latinLines, otherLines } from '../../chatReview/vocabulary.ts';
import { bundle } from '../../lib/bundling/bundle.ts';
import { moderateChatFunction } from '../../model/functions.ts';

let folder = '';
let code = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ugc-review-'));
  await bundle(moderateChatFunction.entry, folder);
  code = readFileSync(join(folder, 'index.mjs'), 'utf8');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the review function is smaller than 140 kB, word lists and all', () => {
  expect(Buffer.byteLength(code)).toBeLessThan(140_000);
});

test('the words are in it as they are looked up, and the lists that they come from are not', () => {
  const lines = [latinLines(), otherLines()].flatMap(text => text.split('\n'));
  const parts = new Set(code.split(/\\t|\\n|[\t\n`"]/));
  expect(lines.length).toBeGreaterThan(2_000);
  expect(lines.flatMap(line => line.split('\t')).filter(field => !parts.has(field)).length).toBe(0);
  // Folding the lists while the function starts took longer than all the rest of its start.
  expect([...innocentWords].filter(word => word.length > 16 && code.includes(word)).length).toBe(0);
});

test.each(['@aws-sdk', '@smithy', 'aws-sdk-js', 'ZodError', 'powertools', 'aws-cdk-lib'])(
  'the review function has nothing of %s in it',
  name => {
    expect(code).not.toContain(name);
  },
);
