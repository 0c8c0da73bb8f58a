import {
  type Announcement,
  announcementOf,
  isDispensable,
  mergeAnnouncements,
} from '../../domain/announcements.ts';
import { type Budget, budgetOf } from '../../ivs/budget.ts';
import { IvsBusyError } from '../../ivs/errors.ts';
import type { Log } from '../../model/log.ts';
import { inParallel } from '../../store/inParallel.ts';
import {
  type AnnouncedTables,
  parseRecord,
  rowOf,
  type StreamBatch,
  type StreamRecord,
} from './streamRecord.ts';

// What holds, whatever fails and wherever a run is killed:
// 1. Only committed states are told: all that is told comes from the stream of a table, unchanged.
// 2. Nothing is lost: a record counts as done only when its announcement, or a newer one of its row, was told
//    to every receiver. Until then it is told again, or is in the dead letters. Only a mere number of viewers is
//    dropped, and only while IVS throttles: 100,000 live channels have 17 times as many new numbers as IVS accepts
//    events. They are told last in each batch and wait for nothing, so they delay no other announcement.
// 3. Each row's states are told in order. DynamoDB has the changes of a row in one shard, in order. Lambda passes
//    them on one batch after another, and a batch tells at most one state of each row. After a failure, states
//    are repeated, and states that were merged into a newer one can follow it. The newer one is then repeated
//    last, and `version` lets a client drop all of these.
// 4. A record that cannot be told holds up its shard only until it has failed `announceSource.retryAttempts`
//    times. Then it is a dead letter.
// 5. Each batch makes at most one call to a chat room for a channel and one for a stage, and the batches of a
//    row run one after another: a burst of changes is merged, not sent. IVS allows 100 calls a second. When it
//    throttles, a run waits while it has time. The next run tells the rest, merged with what has come since.

/** Tells somebody. Repeats must be harmless. @throws when the announcement must be told again */
export type Receiver = (announcement: Announcement, budget: Budget) => Promise<void>;

export interface AnnouncerDependencies {
  readonly tables: AnnouncedTables;
  readonly receivers: readonly Receiver[];
  readonly log: Log;
  /** How long a run may take, in milliseconds. Default: a third of the function's timeout. */
  readonly budgetMs?: number;
}

/** Lambda's partial batch response: the first record that is not done. The records before it are done. */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

const BUDGET_MS = 20_000;

/** Less than the pause after a throttled call, so that there is no second call. */
const NUMBER_MS = 50;

/** How many announcements of a batch are told at the same time. */
const AT_ONCE = 10;

/** Creates a function that tells the changes in a batch of stream records, at most once for each row. */
export function announcer({
  tables,
  receivers,
  log,
  budgetMs = BUDGET_MS,
}: AnnouncerDependencies): (batch: StreamBatch) => Promise<BatchResponse> {
  return async ({ Records }) => {
    const budget = budgetOf(budgetMs);
    const { announcements, unreadable } = readBatch(Records, tables);
    for (const { record, error } of unreadable)
      log.error('a change could not be read', { record: record.dynamodb.SequenceNumber, error });
    const failed = unreadable.map(({ index }) => index);
    let isFailing = false;
    let isThrottled = false;
    let dropped = 0;
    await inParallel(announcements, AT_ONCE, undefined, async ({ announcement, firstIndex }) => {
      const isNumber = isDispensable(announcement);
      if (isNumber && isThrottled) return void dropped++;
      // The next run tells the rest. Telling it now would only mean more repeats.
      if (isFailing) return void failed.push(firstIndex);
      try {
        const time = isNumber ? budgetOf(Math.min(NUMBER_MS, budget.left())) : budget;
        for (const receive of receivers) await receive(announcement, time);
      } catch (error) {
        if (isNumber && error instanceof IvsBusyError) {
          isThrottled = true;
          return void dropped++;
        }
        isFailing = true;
        failed.push(firstIndex);
        const { name, state } = announcement;
        log.error('an announcement was not told', { announcement: name, id: state.id, error });
      }
    });
    if (announcements.length > 0)
      log.info('changes announced', {
        changes: Records.length,
        announcements: announcements.length,
        failed: failed.length,
        droppedNumbers: dropped,
      });
    const first = failed.length === 0 ? undefined : Records[Math.min(...failed)];
    return {
      batchItemFailures: first === undefined ? [] : [{ itemIdentifier: first.dynamodb.SequenceNumber }],
    };
  };
}

interface Planned {
  readonly announcement: Announcement;
  /** The position of the first record that the announcement covers. */
  readonly firstIndex: number;
}

/** Returns at most one announcement for each row, in the order of their first records, with mere numbers last. */
function readBatch(records: readonly StreamRecord[], tables: AnnouncedTables) {
  const byRow = new Map<string, Planned>();
  const unreadable: { index: number; record: StreamRecord; error: unknown }[] = [];
  for (const [index, record] of records.entries()) {
    try {
      const change = parseRecord(record, tables);
      const newer = change === undefined ? undefined : announcementOf(change);
      if (change === undefined || newer === undefined) continue;
      const older = byRow.get(rowOf(change));
      byRow.set(rowOf(change), {
        announcement: older === undefined ? newer : mergeAnnouncements(older.announcement, newer),
        firstIndex: older?.firstIndex ?? index,
      });
    } catch (error) {
      unreadable.push({ index, record, error });
    }
  }
  const [numbers, others] = [true, false].map(wanted =>
    [...byRow.values()].filter(({ announcement }) => isDispensable(announcement) === wanted),
  );
  return { announcements: [...(others ?? []), ...(numbers ?? [])], unreadable };
}
