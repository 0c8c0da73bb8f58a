import { setTimeout as sleep } from 'node:timers/promises';
import { type IvsEvent, MalformedEventError, parseIvsEvent } from '../model/ivsEvent.ts';
import type { Database } from '../store/database.ts';
import { TransactionContentionError } from '../store/transaction.ts';
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

/** What became of an event. A dropped one is done with too: trying it again cannot help. */
export type EventOutcome =
  | { readonly result: 'folded' | 'duplicate' | 'counted' }
  | { readonly result: 'dropped'; readonly reason: string };

const FOLD_ATTEMPTS = 12;
const BACKOFF_MS = 10;
const BACKOFF_LIMIT_MS = 500;

/**
 * Handles one EventBridge envelope from IVS.
 *
 * Drops, and logs once, what can never be handled: a malformed event, and an event of a channel or stage that
 * is not ours. Everything else that goes wrong is thrown, so that EventBridge delivers the event again and,
 * in the end, keeps it in the dead-letter queue.
 */
export function eventHandler(dependencies: EventDependencies): (input: unknown) => Promise<EventOutcome> {
  const fold = eventFolder(dependencies);
  return async input => {
    const event = read(input);
    const outcome =
      event instanceof MalformedEventError ? dropped(`malformed: ${event.message}`) : await fold(event);
    if (outcome.result === 'dropped') {
      dependencies.log.warn('event dropped', { reason: outcome.reason, event: input });
      dependencies.count('EventDropped');
    }
    return outcome;
  };
}

/** Folds events that have been parsed, trying again while other writers are faster. */
export function eventFolder({
  database,
  clock,
  log,
  count,
}: EventDependencies): (event: IvsEvent) => Promise<EventOutcome> {
  return async event => {
    if (event.kind === 'accountLimit') {
      log.warn('a limit of the whole account was breached', { limit: event.name, detail: event.detail });
      count('AccountLimitBreached');
      return { result: 'counted' };
    }
    for (let attempt = 1; attempt <= FOLD_ATTEMPTS; attempt++) {
      const fold = await attemptFold(database, clock, event);
      if (fold !== 'changed') return outcomeOf(fold);
      count('FoldConflict');
      await sleep(Math.random() * Math.min(BACKOFF_LIMIT_MS, BACKOFF_MS * 2 ** attempt));
    }
    throw new Error(`event ${event.id} met other writers ${FOLD_ATTEMPTS} times`);
  };
}

type Fold = Awaited<ReturnType<typeof foldSession> | ReturnType<typeof foldStage>>;

async function attemptFold(
  database: EventsDatabase,
  clock: Clock,
  event: Exclude<IvsEvent, { kind: 'accountLimit' }>,
): Promise<Fold> {
  try {
    return await (event.kind === 'stage'
      ? foldStage(database, clock, event)
      : foldSession(database, clock, event));
  } catch (error) {
    if (error instanceof TransactionContentionError) return 'changed';
    throw error;
  }
}

function outcomeOf(fold: Exclude<Fold, 'changed'>): EventOutcome {
  switch (fold) {
    case 'folded':
    case 'duplicate':
      return { result: fold };
    case 'unknownChannel':
      return dropped('the channel is not ours');
    case 'unknownStage':
      return dropped('the stage is not ours');
    case 'unknownName':
      return dropped('no state follows from this event');
  }
}

function dropped(reason: string): EventOutcome {
  return { result: 'dropped', reason };
}

function read(input: unknown): IvsEvent | MalformedEventError {
  try {
    return parseIvsEvent(input);
  } catch (error) {
    if (error instanceof MalformedEventError) return error;
    throw error;
  }
}
