import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { tableText } from '../../bench/support/report.ts';
import { type PlantedBug, plantedBugs } from './plantedBugs.ts';
import { readWhole, SettingError } from './settings.ts';

/**
 * `make test-proof`: inserts one bug after another into a copy of this project, runs `make test-faults`
 * there, and prints which bugs were found. Fails if a bug was not found or cannot be inserted.
 */
async function main(): Promise<number> {
  const limit = readWhole(process.env, 'SECONDS', 300, [1, 3_600]);
  const seed = readWhole(process.env, 'SEED', 1, [0, 1_000_000]);
  const wanted = process.env['BUG'] ?? '';
  const bugs = plantedBugs.filter(({ name }) => name.includes(wanted));
  if (bugs.length === 0)
    throw new SettingError(`BUG must be a part of a bug's name (got ${JSON.stringify(wanted)})`);
  const stale = (await Promise.all(bugs.map(staleEdits))).flat();
  const copy = await copyOfProject();
  const rows: Row[] = [];
  try {
    for (const bug of bugs) {
      const row = await tryBug(copy, bug, { limit, seed });
      console.log(row.join('  '));
      rows.push(row);
    }
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
  console.log(tableText(`test-proof: seed ${seed}, ${limit} s for each bug`, [headings, ...rows]));
  for (const line of stale) console.log(line);
  return rows.every(([, found]) => found === 'found') ? 0 : 1;
}

type Row = readonly [
  bug: string,
  found: 'found' | 'not found' | 'not inserted',
  seconds: number,
  violation: string,
];
const headings = ['bug', 'found', 'seconds', 'violation'];

/** One line for each edit of a bug that does not fit the source any more. */
async function staleEdits({ name, edits }: PlantedBug): Promise<string[]> {
  const lines: string[] = [];
  for (const { file, find } of edits) {
    const times = (await textOf(file)).split(find).length - 1;
    if (times !== 1)
      lines.push(
        `"${name}" cannot be inserted: ${file} has the text to replace ${times} times, not once. Change it in test/faults/plantedBugs.ts: ${find}`,
      );
  }
  return lines;
}

const textOf = (file: string) => readFile(file, 'utf8').catch(() => '');

const notCopied = new Set(['node_modules', '.git', '.local', 'cdk.out', 'coverage']);

/** A copy of the project, which is in the current folder, with a link to node_modules. */
async function copyOfProject(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'test-proof-'));
  const root = resolve('.');
  const filter = (source: string) => source === root || !notCopied.has(basename(source));
  await cp(root, copy, { recursive: true, filter });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

async function tryBug(
  copy: string,
  bug: PlantedBug,
  options: { readonly limit: number; readonly seed: number },
): Promise<Row> {
  if ((await staleEdits(bug)).length > 0) return [bug.name, 'not inserted', 0, ''];
  for (const { file, find, replace } of bug.edits) {
    const path = join(copy, file);
    await writeFile(
      path,
      (await readFile(path, 'utf8')).replace(find, () => replace),
    );
  }
  try {
    const { output, code, violationAfter } = await testFaults(copy, options);
    const [, violation = ''] = /^violation in (.*:\n.*)$/m.exec(output) ?? [];
    const what = violation.replace(/\n\s*/, ' ').slice(0, 100);
    if (code === 1 && violation !== '') return [bug.name, 'found', violationAfter, what];
    return [bug.name, 'not found', violationAfter, code === 0 ? 'no violation' : output.slice(-200)];
  } finally {
    for (const { file } of bug.edits) await cp(file, join(copy, file));
  }
}

/** Runs `test-faults` in `folder`. Kills it and its child processes after `limit` seconds. */
function testFaults(
  folder: string,
  { limit, seed }: { readonly limit: number; readonly seed: number },
): Promise<{ output: string; code: number | null; violationAfter: number }> {
  const from = performance.now();
  const seconds = () => Math.round((performance.now() - from) / 1000);
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/faults/testFaults.ts'], {
    cwd: folder,
    env: { ...process.env, SEED: String(seed), HISTORIES: '', ONLY: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that its child processes can be killed too.
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      output += data.toString();
    });
  const end = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // The processes have ended already.
    }
  };
  const timer = setTimeout(end, limit * 1000);
  process.once('exit', end);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', code => {
      clearTimeout(timer);
      process.off('exit', end);
      resolve({ output, code, violationAfter: seconds() });
    });
  });
}

main().then(
  code => {
    process.exitCode = code;
  },
  error => {
    console.error(error instanceof SettingError ? error.message : error);
    process.exitCode = 1;
  },
);
