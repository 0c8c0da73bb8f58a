import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openApiDocument } from '../../lambdas/api/openApi.ts';

const TIMEOUT_MS = 60_000;
const run = promisify(execFile);
const bin = (name: string) => join(process.cwd(), 'node_modules', '.bin', name);

// Inside the project, because the generated code imports its runtime.
const cache = join(process.cwd(), 'node_modules', '.cache');
let folder: string;
let document: string;
beforeAll(() => {
  mkdirSync(cache, { recursive: true });
  folder = mkdtempSync(join(cache, 'generated-'));
  document = join(folder, 'openapi.json');
  writeFileSync(document, JSON.stringify(openApiDocument()));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Returns the errors of the TypeScript compiler in a file and all that it imports. */
async function compile(file: string): Promise<string> {
  const options = [
    ...['--noEmit', '--strict', '--skipLibCheck', '--ignoreConfig'],
    ...['--target', 'es2022', '--lib', 'es2022,dom,dom.iterable'],
    ...['--module', 'esnext', '--moduleResolution', 'bundler', '--types', ''],
  ];
  const { stdout } = await run(bin('tsc'), [...options, file]).catch((error: unknown) => Object(error));
  return stdout;
}

test(
  'the code that oazapfts generates from the document compiles under strict, and has every operation',
  async () => {
    const file = join(folder, 'oazapfts.ts');
    await run(bin('oazapfts'), [document, file]);
    writeFileSync(
      join(folder, 'useOazapfts.ts'),
      `import { getChannel, listStageRequests } from './oazapfts';
export const title = async (): Promise<string | undefined> => {
  const answer = await getChannel('ann');
  return answer.status === 200 ? answer.data.title : undefined;
};
export const requests = () => listStageRequests({});
`,
    );
    expect(await compile(join(folder, 'useOazapfts.ts'))).toBe('');
  },
  TIMEOUT_MS,
);

test(
  'the code that openapi-typescript-codegen generates from the document compiles under strict',
  async () => {
    const output = join(folder, 'codegen');
    // Without this option, it makes an enum with a member of the reserved name `in`.
    await run(bin('openapi'), ['--input', document, '--output', output, '--useUnionTypes']);
    writeFileSync(
      join(folder, 'useCodegen.ts'),
      `import { ChannelsService } from './codegen';
export const title = async (): Promise<string> => (await ChannelsService.getChannel('ann')).title;
`,
    );
    expect(await compile(join(folder, 'useCodegen.ts'))).toBe('');
  },
  TIMEOUT_MS,
);
