import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { eventRetry } from '../../model/eventPattern.ts';
import { type Envelope, envelope } from './envelope.ts';
import { compilePattern } from './pattern.ts';

/** What became of an event: its target's own outcome, or why there is none. */
export type Delivery<Outcome> =
  | Outcome
  | { readonly result: 'unmatched' }
  | { readonly result: 'failed'; readonly reason: string };

/** An event that its target failed on until there were no attempts left. */
export const deadLetter = z.object({
  event: envelope,
  reason: z.string(),
  attempts: z.number(),
  failedAt: z.string(),
});
export type DeadLetter = Readonly<z.output<typeof deadLetter>>;

export interface EventBus<Outcome> {
  /** Delivers an event and waits until it has been handled, or given up. Never rejects for the target's sake. */
  deliver(event: Envelope): Promise<Delivery<Outcome>>;
  /** Resolves when nothing is being delivered. */
  idle(): Promise<void>;
}

export interface EventBusOptions<Outcome> {
  /** In EventBridge's own form. */
  readonly pattern: unknown;
  readonly target: (event: Envelope) => Promise<Outcome>;
  readonly onDeadLetter: (letter: DeadLetter) => void;
  readonly wait?: (ms: number) => Promise<unknown>;
}

/** Lambda tries again after one minute, and after two more. A person waits here. */
const FIRST_WAIT_MS = 50;

// EventBridge has handed the event over by then: its own retries are for a function that cannot be called.
const ATTEMPTS = eventRetry.functionRetries + 1;

/** A bus with one rule and one target, a function that is tried as often as Lambda tries it. */
export function eventBus<Outcome>(options: EventBusOptions<Outcome>): EventBus<Outcome> {
  const { target, onDeadLetter, wait = sleep } = options;
  const matches = compilePattern(options.pattern);
  const underWay = new Set<Promise<unknown>>();

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
      underWay.add(delivery);
      return delivery.finally(() => underWay.delete(delivery));
    },
    idle: async () => {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };
}
