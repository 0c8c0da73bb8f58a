import { existsSync, mkdirSync, rmdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import packed from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';
import { eventually } from '../e2e/eventually.ts';

/** Where browsers are installed that people use. */
const installed = [
  process.env['CHROME_PATH'] ?? '',
  '/usr/bin/google-chrome',
  '/usr/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The browser in the npm package is for this platform only. */
const isPacked = process.platform === 'linux' && process.arch === 'x64';
const found = installed.find(path => path !== '' && existsSync(path));

/** Whether there is a browser. Without one, browser tests are skipped. */
export const hasBrowser = isPacked || found !== undefined;
if (!hasBrowser)
  process.stdout.write(
    'NO BROWSER: the tests in test/browser are skipped. Install Chrome, or set CHROME_PATH.\n',
  );

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: isPacked ? await unpackedPath() : (found ?? ''),
    args: [
      // The package's own flags make it one process, which ends with the first page that is closed.
      ...['--no-sandbox', '--headless=shell', '--disable-gpu'],
      ...['--font-render-hinting=none', '--autoplay-policy=no-user-gesture-required'],
    ],
  });
}

const lock = join(tmpdir(), 'chromium.unpacking');
const STALE_MS = 60_000;

/** Unpacks the browser. Test processes take turns, because a half-written file would be used by the others. */
async function unpackedPath(): Promise<string> {
  await eventually(
    async () => takeLock(),
    taken => taken,
  );
  try {
    return await packed.executablePath();
  } finally {
    rmdirSync(lock);
  }
}

function takeLock(): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    // A test process that was killed left it.
    const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > STALE_MS) rmdirSync(lock);
    return false;
  }
}
