import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const makefile = readFileSync('Makefile', 'utf8');

function make(...args: readonly string[]) {
  const { MAKEFLAGS: _, MAKELEVEL: __, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync('make', args, { env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('make lists every command under a heading, with its sentence, in 80 columns', () => {
  const { status, stdout } = make();
  expect(status).toBe(0);
  const lines = stdout.split('\n');
  expect(lines.filter(line => line.length > 80)).toEqual([]);
  expect(lines.filter(line => /^[A-Z]/.test(line))).toEqual(['Run', 'Deploy', 'Operate', 'Develop']);
  const listed = lines.flatMap(line => /^ {2}make (\S+) +\S/.exec(line)?.[1] ?? []);
  const phony = /^\.PHONY: ((?:.*\\\n)*.*)$/m.exec(makefile)?.[1]?.match(/[\w-]+/g);
  expect(listed).toEqual(phony);
});

test('make lists every variable that the Makefile reads', () => {
  const listed: readonly string[] = make().stdout.match(/\b[A-Z][A-Z_]+\b/g) ?? [];
  const read = [...makefile.matchAll(/\$\(([A-Z]+)\)/g)].map(([, name = '']) => name);
  const own = ['TS', 'CDK', 'INSTALLED', 'WEB', 'MAKE', 'MAKECMDGOALS'];
  expect(read.filter(name => !own.includes(name) && !listed.includes(name))).toEqual([]);
});

test('make staff takes USER from its command line only, not the login name that the shell sets', () => {
  const run = (...args: readonly string[]) => {
    const { stdout } = spawnSync('make', ['--dry-run', ...args], {
      env: { ...process.env, MAKEFLAGS: '', USER: 'operator' },
      encoding: 'utf8',
    });
    return stdout.split('\n').find(line => line.includes('run.ts staff'));
  };
  expect(run('staff')).toMatch(/^env -u USER /);
  expect(run('staff', 'USER=ann')).not.toContain('env -u');
});

test.each(['bootstrap', 'diff', 'deploy', 'logs'])(
  'make %s with LOCAL=1 does nothing and says why',
  command => {
    const refused = make(command, 'LOCAL=1');
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toContain(`make ${command} acts on AWS only: remove LOCAL=1`);
    expect(make('--dry-run', command, 'LOCAL=0')).toMatchObject({ status: 0 });
  },
);
