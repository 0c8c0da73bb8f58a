import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { innocentWords } from '../../lambdas/chatReview/innocentWords.ts';
import { latinLines, otherLines } from '../../lambdas/chatReview/vocabulary.ts';
import { bundle } from '../../lib/bundling/bundle.ts';
import { moderateChatFunction } from '../../model/functions.ts';
import { REVIEW_RULES_UNREAD } from '../../model/metrics.ts';

let folder = '';
let code = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ugc-review-'));
  await bundle(moderateChatFunction.entry, folder);
  code = readFileSync(join(folder, 'index.mjs'), 'utf8');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the review function is smaller than 140 kB, with its word lists', () => {
  expect(Buffer.byteLength(code)).toBeLessThan(140_000);
});

test('it has the words in the form of a lookup, without the lists that they come from', () => {
  const lines = [latinLines(), otherLines()].flatMap(text => text.split('\n'));
  const parts = new Set(code.split(/\\t|\\n|[\t\n`"]/));
  expect(lines.length).toBeGreaterThan(2_000);
  expect(lines.flatMap(line => line.split('\t')).filter(field => !parts.has(field)).length).toBe(0);
  // Folding the lists during the start took longer than the rest of the start.
  expect([...innocentWords].filter(word => word.length > 16 && code.includes(word)).length).toBe(0);
});

test.each(['@aws-sdk', '@smithy', 'aws-sdk-js', 'ZodError', 'powertools', 'aws-cdk-lib'])(
  'the review function has no code of %s',
  name => {
    expect(code).not.toContain(name);
  },
);

test('under DENY it refuses a message while DynamoDB is down, and logs one line with the reason at the top level', () => {
  const event = {
    Content: 'hello',
    RoomArn: 'arn:aws:ivschat:us-west-2:000000000000:room/room',
    Sender: { UserId: 'user' },
  };
  const script = `
    import { handler } from ${JSON.stringify(pathToFileURL(join(folder, 'index.mjs')).href)};
    const { ReviewResult } = await handler(${JSON.stringify(event)});
    process.stdout.write(ReviewResult, () => process.exit());`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    env: {
      AWS_REGION: 'us-west-2',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      // No server listens on this port.
      AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1',
      CHAT_REVIEW_FALLBACK: 'DENY',
      CHAT_ROOMS_TABLE: 'rooms',
      BANS_TABLE: 'bans',
    },
  });
  expect(stdout).toBe('DENY');
  const lines = stderr
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>);
  expect(lines.filter(({ reason }) => reason === REVIEW_RULES_UNREAD)).toEqual([
    expect.objectContaining({ level: 'ERROR', timestamp: expect.any(String) }),
  ]);
});
