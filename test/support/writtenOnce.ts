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

/** Folders that hold no part of what runs. */
const others = /^(\..*|node_modules|cdk\.out|docs|test)$/;

/** Everything that a bundle of this project's code can be made from. */
export function codeAndSettings(): string[] {
  const folders = readdirSync('.', { withFileTypes: true }).flatMap(entry =>
    entry.isDirectory() && !others.test(entry.name) ? [entry.name] : [],
  );
  return [...folders.sort(), 'cdk.json', 'package-lock.json', 'tsconfig.json'];
}

export interface Writing {
  /** The name of a folder of the cache that holds this and nothing else. */
  readonly name: string;
  /** Writes what is wanted into the folder that is its argument, by tsx. */
  readonly script: string;
  /** All files and folders that it is made from. */
  readonly sources: readonly string[];
}

/**
 * The folder that a script writes, in a process of its own, once for all tests, and again when anything that it is made
 * from has changed. It is there whole or not at all. Of several test files that start at once, one has it written and
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
      // Between the look and the lock, another may have written it.
      if (!existsSync(folder)) write(script, folder);
      removeOutdated(cache, basename(folder));
    } finally {
      rmSync(lock, { force: true });
    }
  }
  return folder;
}

/** A lock that is older is of a process that was killed. */
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
      // Warnings are looked at by tests; the error of a failure has all that it wrote.
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
