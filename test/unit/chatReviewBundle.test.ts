import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
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
  // The longest word of the library: it is not small because the words are missing.
  expect(code).toContain('fuckingshitmotherfucker');
});

test.each(['@aws-sdk', '@smithy', 'aws-sdk-js', 'ZodError', 'powertools', 'aws-cdk-lib'])(
  'the review function has nothing of %s in it',
  name => {
    expect(code).not.toContain(name);
  },
);
