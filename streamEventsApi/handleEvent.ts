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
import { type ConflictPolicy, type InTurn, queues, retryOnConflict, turns } from '../store/conflicts.ts';
import type { Database } from '../store/database.ts';
import { type FoldDatabase, foldSession } from './foldSession.ts';
import { foldStage } from './foldStage.ts';

/** What folding an event of a session reads and writes. */
export type SessionEventsDatabase = FoldDatabase & Database<'rateLimits'>;
export type EventsDatabase = SessionEventsDatabase & Database<'stages' | 'stageParticipants'>;

export interface EventDependencies {
  readonly database: EventsDatabase;
  readonly clock: Clock;
  readonly log: Log;
  readonly count: Count;
}

// Within the function's 45 seconds, with room for the requests of the last try.
const BUDGET_MS = 25_000;

/** Tries again after conflicts, in turns with all others that fold events of the same channel or stage. */
const inTurns = (database: Database<'rateLimits'>, key: string): ConflictPolicy => ({
  tries: Number.POSITIVE_INFINITY,
  budgetMs: BUDGET_MS,
  waitMs: turns(database, key),
});

/** What became of an event. A dropped one is done with too: trying it again cannot help. */
export type EventOutcome =
  | { readonly result: 'folded' | 'duplicate' | 'counted' }
  | { readonly result: 'dropped'; readonly reason: string };

/** A drop by the word that it is counted under. */
interface Drop {
  readonly drop: DropReason;
  readonly detail?: string;
}

const dropTexts: Readonly<Record<DropReason, string>> = {
  malformed: 'malformed',
  unknownChannel: 'the channel is not ours',
  unknownStage: 'the stage is not ours',
  unknownName: 'no state follows from this event',
  fromTheFuture: 'it is dated more than a minute ahead of the clock',
  noOpenSession: 'it names no session, and the channel has none open',
};

/**
 * Handles one EventBridge envelope from IVS.
 *
 * Drops, logs once and counts by reason what can never be handled: a malformed event, one that is dated in the future,
 * and one of a channel or stage that is not ours. Everything else that goes wrong is thrown, so that EventBridge delivers the event again and,
 * in the end, keeps it in the dead-letter queue.
 *
 * Events of one channel or stage that one process handles at once queue. Those that several processes handle take turns
 * after a conflict. An event that has waited for `BUDGET_MS` fails.
 */
export function eventHandler(dependencies: EventDependencies): (input: unknown) => Promise<EventOutcome> {
  const { log, count } = dependencies;
  const inTurn = queues();
  return async input => {
    const event = read(input);
    const done =
      event instanceof MalformedEventError
        ? { drop: 'malformed' as const, detail: event.message }
        : isAhead(event, dependencies.clock())
          ? { drop: 'fromTheFuture' as const, detail: event.time }
          : await fold(dependencies, inTurn, event);
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
 * Whether the clock that dated an event was wrong. Such an event is not evidence of anything: it would keep what is open
 * open, and shut out what comes after it. A breach of the account's limits has no state that it could harm.
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
  inTurn: InTurn,
  event: IvsEvent,
): Promise<Handled | Drop> | Handled {
  const begunAt = Date.now();
  switch (event.kind) {
    case 'accountLimit':
      dependencies.log.warn('a limit of the whole account was breached', {
        limit: event.name,
        detail: event.detail,
      });
      return { result: 'counted' };
    case 'stage':
      return inTurn(event.stage.arn, () => foldStageEvent(dependencies, event, begunAt));
    default:
      return inTurn(event.channel.arn, () => foldSessionEvent(dependencies, event, begunAt));
  }
}

/** Folds an event of a session, however often other writers are faster. */
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
