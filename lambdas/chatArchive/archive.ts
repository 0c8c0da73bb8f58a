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

/** Thrown for lines that the parser or DynamoDB rejects. All other lines of their batch are archived. */
export class PoisonLinesError extends Error {
  override readonly name = 'PoisonLinesError';
}

/**
 * Creates a function that archives batches of a room's log. Batches may arrive in any order and more than
 * once.
 *
 * A batch of a room without a row, such as a deleted room, is logged and dropped. Lines that cannot be parsed
 * and lines that DynamoDB rejects are collected: after all other lines are archived, an error with their ids
 * is thrown. Lambda then retries the batch, which changes nothing, and moves it to the dead-letter queue. All
 * other failures are thrown too, and a retry resumes the work.
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
      log.warn('chat of a room that does not belong to this stack was dropped', {
        chatRoomId,
        lines: events.length,
      });
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
  /** The entry of each line, with the line's id. */
  readonly entries: ReadonlyMap<ArchiveEntry, string>;
  /** The number of lines that are neither messages nor deletions. */
  readonly ignored: number;
  /** The id of each line that cannot be parsed, with the reason. */
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

// A batch may have thousands of lines. The first ones are enough to find the cause.
const SHOWN = 20;

function poisonError(poison: readonly string[]): PoisonLinesError {
  const more = poison.length > SHOWN ? `, and ${poison.length - SHOWN} more` : '';
  return new PoisonLinesError(
    `all but ${poison.length} log events of the batch are archived: ${poison.slice(0, SHOWN).join(', ')}${more}`,
  );
}
