import {
  type ChannelLimitEvent,
  CLOCK_TOLERANCE_MS,
  type IvsEvent,
  MalformedEventError,
  parseIvsEvent,
  type SessionEvent,
  type StageEvent,
} from '../model/ivsEvent.ts';
import type { Log } from '../model/log.ts';
import type { Count, DropReason, MetricName } from '../model/metrics.ts';
import type { Clock } from '../model/time.ts';
import {
  type ConflictPolicy,
  type KeyedQueue,
  keyedQueue,
  retryOnConflict,
  turns,
} from '../store/conflicts.ts';
import type { Database } from '../store/database.ts';
import { type FoldDatabase, foldSession } from './foldSession.ts';
import { foldStage } from './foldStage.ts';

/** The tables that folding a session event reads and writes. */
export type SessionEventsDatabase = FoldDatabase & Database<'rateLimits'>;
export type EventsDatabase = SessionEventsDatabase & Database<'stages' | 'stageParticipants'>;

export interface EventDependencies {
  readonly database: EventsDatabase;
  readonly clock: Clock;
  readonly log: Log;
  readonly count: Count;
}

// Less than the function's 45 seconds, with room for the requests of the last attempt.
const BUDGET_MS = 25_000;

/** Retries after conflicts. All processes that fold events of the same channel or stage take turns. */
const inTurns = (database: Database<'rateLimits'>, key: string): ConflictPolicy => ({
  tries: Number.POSITIVE_INFINITY,
  budgetMs: BUDGET_MS,
  waitMs: turns(database, key),
});

/** The outcome of an event. A dropped event is also finished: retrying cannot help. */
export type EventOutcome =
  | { readonly result: 'folded' | 'duplicate' | 'counted' }
  | { readonly result: 'dropped'; readonly reason: string };

/** A dropped event, with the reason under which it is counted. */
interface Drop {
  readonly drop: DropReason;
  readonly detail?: string;
}

const dropTexts: Readonly<Record<DropReason, string>> = {
  malformed: 'malformed',
  unknownChannel: 'the channel does not belong to this stack',
  unknownStage: 'the stage does not belong to this stack',
  unknownName: 'this event does not change any state',
  fromTheFuture: 'its time is more than a minute ahead of the clock',
  noOpenSession: 'it names no session, and the channel has no open session',
};

/**
 * Handles one EventBridge envelope from IVS.
 *
 * Drops, logs and counts by reason every event that can never be handled: a malformed event, an event dated
 * in the future, and an event of a channel or stage of another stack. All other failures are thrown, so that
 * EventBridge delivers the event again and finally moves it to the dead-letter queue.
 *
 * Concurrent events of one channel or stage queue within a process. Several processes take turns after a
 * conflict. An event that has waited for `BUDGET_MS` fails.
 */
export function eventHandler(dependencies: EventDependencies): (input: unknown) => Promise<EventOutcome> {
  const { log, count } = dependencies;
  const queue = keyedQueue();
  return async input => {
    const event = read(input);
    const done =
      event instanceof MalformedEventError
        ? { drop: 'malformed' as const, detail: event.message }
        : isAhead(event, dependencies.clock())
          ? { drop: 'fromTheFuture' as const, detail: event.time }
          : await fold(dependencies, queue, event);
    count('EventHandled');
    if ('result' in done) {
      count(resultMetrics[done.result]);
      return done;
    }
    const reason = [dropTexts[done.drop], ...(done.detail === undefined ? [] : [done.detail])].join(': ');
    log.warn('event dropped', { reason, event: input });
    count('EventDropped', 1, done.drop);
    return { result: 'dropped', reason };
  };
}

/**
 * Returns whether an event is dated too far in the future. Such an event must not become evidence: it would
 * keep a session open, and later events would lose against it. A breach of an account limit changes no state,
 * so it is always counted.
 */
function isAhead(event: IvsEvent, now: Date): boolean {
  return event.kind !== 'accountLimit' && Date.parse(event.time) > now.getTime() + CLOCK_TOLERANCE_MS;
}

type Handled = Exclude<EventOutcome, { result: 'dropped' }>;

const resultMetrics = {
  folded: 'EventFolded',
  duplicate: 'EventDuplicate',
  counted: 'AccountLimitBreached',
} as const satisfies Record<Handled['result'], MetricName>;

function read(input: unknown): IvsEvent | MalformedEventError {
  try {
    return parseIvsEvent(input);
  } catch (error) {
    if (error instanceof MalformedEventError) return error;
    throw error;
  }
}

function fold(
  dependencies: EventDependencies,
  queue: KeyedQueue,
  event: IvsEvent,
): Promise<Handled | Drop> | Handled {
  const begunAt = Date.now();
  switch (event.kind) {
    case 'accountLimit':
      dependencies.log.warn('an account-wide IVS limit was exceeded', {
        limit: event.name,
        detail: event.detail,
      });
      return { result: 'counted' };
    case 'stage':
      return queue(event.stage.arn, () => foldStageEvent(dependencies, event, begunAt));
    default:
      return queue(event.channel.arn, () => foldSessionEvent(dependencies, event, begunAt));
  }
}

/** Folds an event of a session, and retries after conflicts. */
export async function foldSessionEvent(
  {
    database,
    clock,
    count,
  }: Pick<EventDependencies, 'clock' | 'count'> & { database: SessionEventsDatabase },
  event: SessionEvent | ChannelLimitEvent,
  begunAt = Date.now(),
): Promise<Handled | Drop> {
  const result = await retryOnConflict(
    () => foldSession(database, clock, event),
    inTurns(database, event.channel.arn),
    () => count('FoldConflict'),
    begunAt,
  );
  return result === 'unknownChannel' || result === 'noOpenSession' ? { drop: result } : { result };
}

async function foldStageEvent(
  { database, clock, count }: EventDependencies,
  event: StageEvent,
  begunAt: number,
): Promise<Handled | Drop> {
  const result = await retryOnConflict(
    () => foldStage(database, clock, event),
    inTurns(database, event.stage.arn),
    () => count('FoldConflict'),
    begunAt,
  );
  return result === 'unknownStage' || result === 'unknownName' ? { drop: result } : { result };
}
