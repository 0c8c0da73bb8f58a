import type { Log } from '../../model/log.ts';
import { toTimestamp } from '../../model/time.ts';
import { type ArchiveEntry, archive } from '../../store/chatMessages.ts';
import type { Database } from '../../store/database.ts';
import { PoisonLineError, parseLogLine } from './logLine.ts';
import { type CloudWatchLogsEvent, type LogEvent, parseSubscription } from './subscription.ts';

export interface ArchiverDependencies {
  readonly database: Database<'chatRooms' | 'chatMessages'>;
  readonly clock: () => Date;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

/** Lines that the parser or DynamoDB refuses. Everything else of their batch is archived. */
export class PoisonLinesError extends Error {
  override readonly name = 'PoisonLinesError';
}

/**
 * Archives batches of rooms' logs, in any order and any number of times.
 *
 * A batch of a room that has no row, as one that was deleted meanwhile, is logged once and dropped. Lines that cannot be
 * kept, because they cannot be read or because DynamoDB refuses them, are thrown after all others are archived, by their
 * ids: Lambda tries the batch again, which changes nothing, and keeps it in the dead-letter queue. Anything else that
 * goes wrong is thrown too, and trying again goes on from there.
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
    const { entries, ignored, unreadable } = readLines(events);
    const result = await archive(database, chatRoomId, [...entries.keys()], toTimestamp(clock()));
    if (result === 'noRoom') {
      log.warn('chat of a room that is not ours dropped', { chatRoomId, lines: events.length });
      return;
    }
    const refused = result.refused.map(entry => `${entries.get(entry)} (refused by DynamoDB)`);
    const poison = [...unreadable, ...refused];
    const archived = entries.size - refused.length;
    log.info('chat archived', { chatRoomId, archived, ignored, poison: poison.length });
    if (poison.length > 0) throw poisonError(poison);
  };
}

interface Lines {
  /** What each line adds, and the line's id. */
  readonly entries: ReadonlyMap<ArchiveEntry, string>;
  /** How many are neither messages nor deletions. */
  readonly ignored: number;
  /** Which lines cannot be read: the id of each, and what is wrong with it. */
  readonly unreadable: readonly string[];
}

function readLines(events: readonly LogEvent[]): Lines {
  const entries = new Map<ArchiveEntry, string>();
  const unreadable: string[] = [];
  for (const { id, message } of events) {
    try {
      const entry = parseLogLine(message);
      if (entry !== undefined) entries.set(entry, id);
    } catch (error) {
      if (!(error instanceof PoisonLineError)) throw error;
      unreadable.push(`${id} (${error.message})`);
    }
  }
  return { entries, unreadable, ignored: events.length - entries.size - unreadable.length };
}

// A batch may have thousands, and the first ones tell what is wrong.
const SHOWN = 20;

function poisonError(poison: readonly string[]): PoisonLinesError {
  const more = poison.length > SHOWN ? `, and ${poison.length - SHOWN} more` : '';
  return new PoisonLinesError(
    `all but ${poison.length} log events of the batch are archived: ${poison.slice(0, SHOWN).join(', ')}${more}`,
  );
}
