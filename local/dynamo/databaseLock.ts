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
import { stateTable } from '../stateStore.ts';

const Key = { kind: { S: 'database' }, id: { S: 'owner' } };
const TableName = stateTable.name;

const ownerRow = z.object({
  pid: z.number(),
  startedAt: z.string(),
  /** The device and inode of the file. A copy of the file has the same row, but is not locked. */
  file: z.string(),
});

// https://www.sqlite.org/fileformat.html
const SQLITE_HEADER = 'SQLite format 3\0';

/**
 * Checks that the engine can store its data in `file`, and creates the file if it does not exist. The
 * engine's own error messages do not name the variable.
 *
 * @throws CommandError with the reason
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
 * Locks the database `file` for this process. Two processes on one file would each simulate an IVS of their
 * own, and their rows would be mixed.
 *
 * Invariant: at most one running process owns a file. The lock is a row in the database that names its owner.
 * A process replaces it on the condition that the row is still the one that it has read, so when two
 * processes find a dead owner, only one of them succeeds. A killed owner leaves its row. An owner is alive if
 * a process with its id and its start time exists; no other process can have both. Other locks do not work:
 * Node has no flock, a Unix socket file outlives its process, and abstract sockets exist only on Linux.
 *
 * @returns a function that releases the lock
 * @throws CommandError when another process owns the file
 */
export async function lockDatabase(client: DynamoDBClient, file: string): Promise<() => Promise<void>> {
  const { dev, ino } = statSync(file);
  const me = { pid: process.pid, startedAt: startTimeOf(process.pid) ?? '', file: `${dev}:${ino}` };
  const json = { S: JSON.stringify(me) };
  for (;;) {
    const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
    const found = Item?.['json'];
    const { pid, startedAt, file: taken } = ownerRow.parse(JSON.parse(found?.S ?? JSON.stringify(me)));
    if (found !== undefined && taken === me.file && startTimeOf(pid) === startedAt) {
      throw new CommandError(
        `DB=${file} is in use by another make local, process ${pid}: stop that process, or set DB to another file`,
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

/** Returns the start time of a process in a format of the operating system; undefined when it has ended. */
function startTimeOf(pid: number): string | undefined {
  return process.platform === 'linux' ? startTimeInProc(pid) : startTimeFromPs(pid);
}

/** Field 3 is the state, Z for a zombie process; field 22 is the start time (proc(5)). */
function startTimeInProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The process name, in parentheses, can contain spaces.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : fields[18];
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return undefined;
    throw error;
  }
}

function startTimeFromPs(pid: number): string | undefined {
  try {
    const output = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
    }).trim();
    return output === '' || output.startsWith('Z') ? undefined : output.replace(/^\S+\s+/, '');
  } catch (error) {
    // `ps` exits with 1 when the process does not exist.
    if (error instanceof Error && 'status' in error && error.status === 1) return undefined;
    throw error;
  }
}
