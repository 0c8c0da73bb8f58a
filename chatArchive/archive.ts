import { toTimestamp } from '../model/time.ts';
import { type ArchiveEntry, archive } from '../store/chatMessages.ts';
import type { Database } from '../store/database.ts';
import { PoisonLineError, parseLogLine } from './logLine.ts';
import type { Log } from './ports.ts';
import { type CloudWatchLogsEvent, type LogEvent, parseSubscription } from './subscription.ts';

export interface ArchiverDependencies {
  readonly database: Database<'chatRooms' | 'chatMessages'>;
  readonly clock: () => Date;
  readonly log: Log;
}

/** Lines that could not be read. Everything else of their batch is archived. */
export class PoisonLinesError extends Error {
  override readonly name = 'PoisonLinesError';
}

/**
 * Archives batches of rooms' logs, in any order and any number of times.
 *
 * A batch of a room that has no row, as one that was deleted meanwhile, is logged once and dropped. Lines that cannot
 * be read are thrown in the end, by their ids, so that the batch is kept; until then it is tried again, which changes
 * nothing. Anything else that goes wrong is thrown too, and trying again goes on from there.
 */
export function chatArchiver({
  database,
  clock,
  log,
}: ArchiverDependencies): (event: CloudWatchLogsEvent) => Promise<void> {
  return async event => {
    const batch = parseSubscription(event);
    if (batch === undefined) return;
    const { chatRoomId, events } = batch;
    const { entries, ignored, poison } = readLines(events);
    if ((await archive(database, chatRoomId, entries, toTimestamp(clock()))) === 'noRoom') {
      log.warn('chat of a room that is not ours dropped', { chatRoomId, lines: events.length });
      return;
    }
    log.info('chat archived', { chatRoomId, archived: entries.length, ignored, poison: poison.length });
    if (poison.length > 0) throw poisonError(poison);
  };
}

interface Lines {
  readonly entries: readonly ArchiveEntry[];
  /** How many are neither messages nor deletions. */
  readonly ignored: number;
  /** Which lines cannot be read: the id of each, and what is wrong with it. */
  readonly poison: readonly string[];
}

function readLines(events: readonly LogEvent[]): Lines {
  const entries: ArchiveEntry[] = [];
  const poison: string[] = [];
  for (const { id, message } of events) {
    try {
      const entry = parseLogLine(message);
      if (entry !== undefined) entries.push(entry);
    } catch (error) {
      if (!(error instanceof PoisonLineError)) throw error;
      poison.push(`${id} (${error.message})`);
    }
  }
  return { entries, poison, ignored: events.length - entries.length - poison.length };
}

// A batch may have thousands, and the first ones tell what is wrong.
const SHOWN = 20;

function poisonError(poison: readonly string[]): PoisonLinesError {
  const more = poison.length > SHOWN ? `, and ${poison.length - SHOWN} more` : '';
  return new PoisonLinesError(
    `${poison.length} log events cannot be read: ${poison.slice(0, SHOWN).join(', ')}${more}`,
  );
}
