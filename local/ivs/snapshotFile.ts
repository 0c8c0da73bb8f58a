import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { LocalStartError } from '../startError.ts';
import { type IvsSnapshot, ivsSnapshot } from './state.ts';

/** Keeps the simulator's state in a file, so that IVS remembers what the database does. */
export interface SnapshotFile {
  /** What an earlier process left, if it left anything. */
  read(): IvsSnapshot | undefined;
  /** Writes `take()` shortly: many changes, one write. */
  changed(take: () => IvsSnapshot): void;
  /** Writes at once what is still to be written. */
  flush(): void;
}

const WRITE_DELAY_MS = 300;

export function snapshotFile(path: string): SnapshotFile {
  let pending: { readonly timer: NodeJS.Timeout; readonly take: () => IvsSnapshot } | undefined;
  const flush = () => {
    if (pending === undefined) return;
    clearTimeout(pending.timer);
    const { take } = pending;
    pending = undefined;
    // A rename is whole or not at all: a crash in the middle leaves the file as it was.
    writeFileSync(`${path}.new`, JSON.stringify(take()));
    renameSync(`${path}.new`, path);
  };
  return {
    read: () => {
      if (!existsSync(path)) return undefined;
      try {
        return ivsSnapshot.parse(JSON.parse(readFileSync(path, 'utf8')));
      } catch (error) {
        throw new LocalStartError(`${path} is not what the simulator of IVS wrote: move it away`, {
          cause: error,
        });
      }
    },
    changed: take => {
      pending ??= { timer: setTimeout(flush, WRITE_DELAY_MS), take };
    },
    flush,
  };
}

/** Nothing is kept: as the data in memory, the state goes with the process. */
export const noSnapshotFile: SnapshotFile = { read: () => undefined, changed: () => {}, flush: () => {} };
