import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { build } from 'esbuild';

/** The largest size of the whole client in a web app, minified and with gzip. */
const MAX_BYTES = 8_000;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ugc-client-'));
  const modules = join(folder, 'node_modules');
  const installed = join(modules, 'ugc-live-client');
  mkdirSync(installed, { recursive: true });
  // What `npm install` copies from the package. `make client` has built it.
  for (const part of ['package.json', 'dist'])
    cpSync(join('client', part), join(installed, part), { recursive: true });
  for (const name of ['openapi-fetch', 'openapi-typescript-helpers'])
    symlinkSync(resolve('node_modules', name), join(modules, name));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bundled = async (code: string) => {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: folder },
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
};

test('the package of the client has types that a strict app compiles with', () => {
  writeFileSync(
    join(folder, 'app.ts'),
    `import { apiClient, createSession, listItems, memoryStore, type components } from 'ugc-live-client';
const baseUrl = 'http://localhost:3000';
const session = createSession({ baseUrl, store: memoryStore() });
const api = apiClient({ baseUrl, session });
const live = listItems(cursor => api.GET('/v1/channels', { params: { query: { isLive: 'true', ...cursor } } }));
export async function names(): Promise<string[]> {
  const found: string[] = [];
  for await (const channel of live) found.push(channel.username);
  return found;
}
export const title = (channel: components['schemas']['Channel']): string => channel.title;
// @ts-expect-error there is no such field
export const nothing = (channel: components['schemas']['Channel']) => channel.noSuchField;
`,
  );
  const options = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--noEmit'];
  const host = ['--target', 'es2022', '--lib', 'es2022,dom,dom.iterable', '--types', ''];
  const modules = ['--module', 'esnext', '--moduleResolution', 'bundler'];
  const tsc = resolve('node_modules', 'typescript', 'bin', 'tsc');
  const run = () =>
    execFileSync(process.execPath, [tsc, ...options, ...host, ...modules, 'app.ts'], {
      cwd: folder,
      encoding: 'utf8',
    });
  expect(run()).toBe('');
});

test(`the client takes at most ${MAX_BYTES} bytes of a web app, and less when an app uses a part`, async () => {
  const whole = await bundled(`export * from 'ugc-live-client';`);
  expect(gzipSync(whole).length).toBeLessThanOrEqual(MAX_BYTES);
  const part = await bundled(`export { listItems } from 'ugc-live-client';`);
  expect(part.length).toBeLessThan(500);
});

test('the package of the client runs in Node', () => {
  const script = `import { createSession } from 'ugc-live-client';
console.log(await createSession({ baseUrl: 'http://localhost' }).accessToken());`;
  const answer = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(answer).toBe('undefined\n');
});
