import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { eventRetry } from '../../model/eventPattern.ts';
import { type Envelope, envelope } from './envelope.ts';
import { compilePattern } from './pattern.ts';

/** The result of a delivery: the target's outcome, or the reason why there is none. */
export type Delivery<Outcome> =
  | Outcome
  | { readonly result: 'unmatched' }
  | { readonly result: 'failed'; readonly reason: string };

/** An event for which all attempts of the target failed. */
export const deadLetter = z.object({
  event: envelope,
  reason: z.string(),
  attempts: z.number(),
  failedAt: z.string(),
});
export type DeadLetter = Readonly<z.output<typeof deadLetter>>;

export interface EventBus<Outcome> {
  /** Delivers an event and waits until it is handled or has failed. Does not reject when the target fails. */
  deliver(event: Envelope): Promise<Delivery<Outcome>>;
  /** Resolves when no delivery is in progress. */
  idle(): Promise<void>;
}

export interface EventBusOptions<Outcome> {
  /** The pattern of the rule, in EventBridge's format. */
  readonly pattern: unknown;
  readonly target: (event: Envelope) => Promise<Outcome>;
  readonly onDeadLetter: (letter: DeadLetter) => void;
  readonly wait?: (ms: number) => Promise<unknown>;
}

/** Lambda retries after one minute and after two more. Local mode is faster, because a developer waits. */
const FIRST_WAIT_MS = 50;

// The retries of Lambda. EventBridge retries only when it cannot invoke the function.
const ATTEMPTS = eventRetry.functionRetries + 1;

/** A bus with one rule and one target, a function that is retried as often as in Lambda. */
export function eventBus<Outcome>(options: EventBusOptions<Outcome>): EventBus<Outcome> {
  const { target, onDeadLetter, wait = sleep } = options;
  const matches = compilePattern(options.pattern);
  const inProgress = new Set<Promise<unknown>>();

  const attempt = async (event: Envelope): Promise<Delivery<Outcome>> => {
    if (!matches(event)) return { result: 'unmatched' };
    let reason = '';
    for (let attempts = 1; attempts <= ATTEMPTS; attempts++) {
      try {
        return await target(event);
      } catch (error) {
        reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        if (attempts < ATTEMPTS) await wait(FIRST_WAIT_MS * attempts);
      }
    }
    const letter = { event, reason, attempts: ATTEMPTS, failedAt: new Date().toISOString() };
    onDeadLetter(letter);
    return { result: 'failed', reason };
  };

  return {
    deliver: event => {
      const delivery = attempt(event);
      inProgress.add(delivery);
      return delivery.finally(() => inProgress.delete(delivery));
    },
    idle: async () => {
      while (inProgress.size > 0) await Promise.allSettled(inProgress);
    },
  };
}
