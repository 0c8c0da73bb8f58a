import {
  type IvsEvent,
  MalformedEventError,
  parseIvsEvent,
  type SessionEvent,
  type StageEvent,
} from '../model/ivsEvent.ts';
import { untilWritten } from '../store/contention.ts';
import type { Database } from '../store/database.ts';
import type { Patience } from '../store/patience.ts';
import { foldSession } from './foldSession.ts';
import { foldStage } from './foldStage.ts';
import type { Clock, Count, Log } from './ports.ts';

export type EventsDatabase = Database<
  'channels' | 'streams' | 'streamEvents' | 'stages' | 'stageParticipants'
>;

export interface EventDependencies {
  readonly database: EventsDatabase;
  readonly clock: Clock;
  readonly log: Log;
  readonly count: Count;
}

// Nobody waits for the answer, and EventBridge tries again in the end.
const patience: Patience = { tries: 12, firstDelayMs: 20, longestDelayMs: 500 };

/** What became of an event. A dropped one is done with too: trying it again cannot help. */
export type EventOutcome =
  | { readonly result: 'folded' | 'duplicate' | 'counted' }
  | { readonly result: 'dropped'; readonly reason: string };

/**
 * Handles one EventBridge envelope from IVS.
 *
 * Drops, and logs once, what can never be handled: a malformed event, and an event of a channel or stage that
 * is not ours. Everything else that goes wrong is thrown, so that EventBridge delivers the event again and,
 * in the end, keeps it in the dead-letter queue.
 */
export function eventHandler(dependencies: EventDependencies): (input: unknown) => Promise<EventOutcome> {
  const { log, count } = dependencies;
  return async input => {
    const event = read(input);
    const outcome =
      event instanceof MalformedEventError
        ? dropped(`malformed: ${event.message}`)
        : await fold(dependencies, event);
    if (outcome.result === 'dropped') {
      log.warn('event dropped', { reason: outcome.reason, event: input });
      count('EventDropped');
    }
    return outcome;
  };
}

function read(input: unknown): IvsEvent | MalformedEventError {
  try {
    return parseIvsEvent(input);
  } catch (error) {
    if (error instanceof MalformedEventError) return error;
    throw error;
  }
}

function fold(dependencies: EventDependencies, event: IvsEvent): Promise<EventOutcome> | EventOutcome {
  switch (event.kind) {
    case 'accountLimit':
      dependencies.log.warn('a limit of the whole account was breached', {
        limit: event.name,
        detail: event.detail,
      });
      dependencies.count('AccountLimitBreached');
      return { result: 'counted' };
    case 'stage':
      return foldStageEvent(dependencies, event);
    default:
      return foldSessionEvent(dependencies, event);
  }
}

/** Folds an event of a session, however often other writers are faster. */
export async function foldSessionEvent(
  {
    database,
    clock,
    count,
  }: Pick<EventDependencies, 'clock' | 'count'> & { database: Parameters<typeof foldSession>[0] },
  event: SessionEvent,
): Promise<EventOutcome> {
  const result = await untilWritten(
    () => foldSession(database, clock, event),
    patience,
    () => count('FoldConflict'),
  );
  return result === 'unknownChannel' ? dropped('the channel is not ours') : { result };
}

async function foldStageEvent(
  { database, clock, count }: EventDependencies,
  event: StageEvent,
): Promise<EventOutcome> {
  const result = await untilWritten(
    () => foldStage(database, clock, event),
    patience,
    () => count('FoldConflict'),
  );
  if (result === 'unknownStage') return dropped('the stage is not ours');
  return result === 'unknownName' ? dropped('no state follows from this event') : { result };
}

function dropped(reason: string): EventOutcome {
  return { result: 'dropped', reason };
}
