import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import { CommandError } from '../../model/variables.ts';
import { fileFailure } from '../../store/failures.ts';
import { keptTable } from '../keptState.ts';

const Key = { kind: { S: 'database' }, id: { S: 'owner' } };
const TableName = keptTable.name;

const ownerRow = z.object({
  pid: z.number(),
  startedAt: z.string(),
  /** The file that the owner took: a copy of it has the row as well, and is nobody's. */
  file: z.string(),
});

// https://www.sqlite.org/fileformat.html
const SQLITE_HEADER = 'SQLite format 3\0';

/**
 * Checks that the engine can keep its data in `file`, which is created if it does not exist. The engine reports these
 * errors in its own words, without the variable.
 *
 * @throws CommandError that says why it cannot
 */
export function checkDatabaseFile(file: string): void {
  const refuse = (reason: string) =>
    new CommandError(`DB must be a file that make local can write: ${file}: ${reason}`);
  try {
    if (existsSync(file) && !statSync(file).isFile()) throw refuse('it is not a file');
    const descriptor = openSync(file, 'a+');
    const header = Buffer.alloc(SQLITE_HEADER.length);
    const length = readSync(descriptor, header, 0, header.length, 0);
    closeSync(descriptor);
    // An empty file becomes a database.
    if (length > 0 && header.toString('latin1') !== SQLITE_HEADER)
      throw refuse('it is not a database of make local');
  } catch (error) {
    const reason = fileFailure(error);
    if (reason === undefined) throw error;
    throw refuse(existsSync(dirname(file)) ? reason : 'its folder does not exist');
  }
}

/**
 * Takes the database `file` for this process, or refuses. Two stacks on one file would each have a simulated IVS of
 * their own, and their rows would be of either.
 *
 * Invariant: of the processes that run, one owns a file. SQLite is the lock: the row of the owner is replaced only by
 * one whose condition names the row that was read, whichever engine writes it, so of two that find a dead owner one
 * wins. An owner that was killed left its row: it is alive only while a process has its id and began when it did, which
 * no other process can have. Node has no lock on files (flock), a Unix socket outlives its process, and an abstract one
 * exists on Linux alone.
 *
 * @returns what gives the file back
 * @throws CommandError when another process has it
 */
export async function takeDatabase(client: DynamoDBClient, file: string): Promise<() => Promise<void>> {
  const { dev, ino } = statSync(file);
  const me = { pid: process.pid, startedAt: startOf(process.pid) ?? '', file: `${dev}:${ino}` };
  const json = { S: JSON.stringify(me) };
  for (;;) {
    const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
    const found = Item?.['json'];
    const { pid, startedAt, file: taken } = ownerRow.parse(JSON.parse(found?.S ?? JSON.stringify(me)));
    if (found !== undefined && taken === me.file && startOf(pid) === startedAt) {
      throw new CommandError(
        `DB=${file} is in use by another make local, process ${pid}: end that one, or choose another file`,
      );
    }
    const condition =
      found === undefined
        ? { ConditionExpression: 'attribute_not_exists(kind)' }
        : { ConditionExpression: 'json = :found', ExpressionAttributeValues: { ':found': found } };
    try {
      await client.send(new PutItemCommand({ TableName, Item: { ...Key, json }, ...condition }));
      break;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }
  return async () => {
    const mine = { ConditionExpression: 'json = :mine', ExpressionAttributeValues: { ':mine': json } };
    await client.send(new DeleteItemCommand({ TableName, Key, ...mine }));
  };
}

/** When a process began, in whatever form its system tells it; undefined when it has ended. */
function startOf(pid: number): string | undefined {
  return process.platform === 'linux' ? startInProc(pid) : startByPs(pid);
}

/** Field 3 is the state, Z for a process that has ended and that its parent has not waited for; 22 the start (proc(5)). */
function startInProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may have spaces.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : fields[18];
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return undefined;
    throw error;
  }
}

function startByPs(pid: number): string | undefined {
  try {
    const told = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return told === '' || told.startsWith('Z') ? undefined : told.replace(/^\S+\s+/, '');
  } catch (error) {
    // It exits with 1 when there is no such process.
    if (error instanceof Error && 'status' in error && error.status === 1) return undefined;
    throw error;
  }
}
