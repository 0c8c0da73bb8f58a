import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';

const CACHE = 'node_modules/.cache';

/** Folders that no bundle needs. */
const others = /^(\..*|node_modules|cdk\.out|docs|test)$/;

/** Everything that a bundle of this project's code can be made from. */
export function codeAndSettings(): string[] {
  const folders = readdirSync('.', { withFileTypes: true }).flatMap(entry =>
    entry.isDirectory() && !others.test(entry.name) ? [entry.name] : [],
  );
  return [...folders.sort(), 'cdk.json', 'package-lock.json', 'tsconfig.json'];
}

export interface Writing {
  /** The name of a folder of the cache that holds the output and nothing else. */
  readonly name: string;
  /** The script that writes the output into the folder in its argument. It is run with tsx. */
  readonly script: string;
  /** All files and folders that the output is made from. */
  readonly sources: readonly string[];
}

/**
 * The folder that a script writes, in its own process, once for all tests, and again when one of its inputs
 * has changed. The folder is complete or absent. If several test files start at once, one runs the script and
 * the others wait.
 */
export function writtenOnce({ name, script, sources }: Writing): string {
  const cache = join(CACHE, name);
  const folder = join(cache, digestOf(sources));
  mkdirSync(cache, { recursive: true });
  while (!existsSync(folder)) {
    const lock = `${folder}.lock`;
    if (!take(lock)) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
      continue;
    }
    try {
      // Another process may have written it since the check above.
      if (!existsSync(folder)) write(script, folder);
      removeOutdated(cache, basename(folder));
    } finally {
      rmSync(lock, { force: true });
    }
  }
  return folder;
}

/** An older lock belongs to a killed process. */
const LOCK_MS = 120_000;

function take(lock: string): boolean {
  const takenAt = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;
  if (Date.now() - takenAt > LOCK_MS) rmSync(lock, { force: true });
  try {
    writeFileSync(lock, '', { flag: 'wx' });
    return true;
  } catch (error) {
    if (Object(error).code === 'EEXIST') return false;
    throw error;
  }
}

function write(script: string, folder: string): void {
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    execFileSync(process.execPath, ['--import', 'tsx', script, unfinished], {
      // Tests check the warnings. The error of a failure has all the output.
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function removeOutdated(cache: string, current: string): void {
  const outdated = readdirSync(cache).filter(name => !name.startsWith(current));
  for (const name of outdated) rmSync(join(cache, name), { recursive: true, force: true });
}

function digestOf(sources: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of sources.flatMap(filesIn)) hash.update(file).update('\0').update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

function filesIn(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .flatMap(entry => (entry.isFile() ? [join(entry.parentPath, entry.name)] : []))
    .sort();
}
