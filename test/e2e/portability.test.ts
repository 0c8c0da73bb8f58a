import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from './eventually.ts';

/** Folders that are not part of the project: installed, built or stored data. */
const around = new Set(['node_modules', '.git', 'cdk.out', '.local', 'coverage']);

let place: string;
let clone: string;
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'clone-'));
  clone = join(place, 'a new clone');
  cpSync('.', clone, {
    recursive: true,
    filter: path => !around.has(relative('.', path).split('/')[0] ?? ''),
  });
  // The file modes that git sets under `umask 077`.
  execFileSync('chmod', ['-R', 'go-rwx', clone]);
  symlinkSync(join(process.cwd(), 'node_modules'), join(clone, 'node_modules'));
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

test('make local runs from a folder with a space in its name that only its owner can read, and writes nothing to it', async () => {
  const before = readdirSync(clone, { recursive: true }).length;
  const start = 'umask 077; exec "$0" --import tsx local/main.ts';
  const child = spawn('sh', ['-c', start, process.execPath], {
    cwd: clone,
    env: { PATH: process.env['PATH'], HOME: join(place, 'nobody'), PORT: '0', AWS_PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', chunk => {
      output += String(chunk);
    });
  }
  const exit = new Promise<number | null>(resolve => child.once('close', resolve));
  try {
    const said = await eventually(
      async () => output,
      text => /answers at \S+/.test(text) || child.exitCode !== null,
    );
    const [, url] = /answers at (\S+)/.exec(said) ?? [];
    if (url === undefined) throw new Error(said);
    const page = await fetch(`${url}/docs`);
    expect(await page.text()).toContain('API reference');
    expect((await fetch(`${url}/v1/health`)).status).toBe(200);
  } finally {
    child.kill('SIGINT');
  }
  expect(await exit).toBe(0);
  expect(readdirSync(clone, { recursive: true })).toHaveLength(before);
});
