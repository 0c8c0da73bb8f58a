import type { IvsClient } from '@aws-sdk/client-ivs';

/**
 * What happens to an interrupted request:
 * - `killed`: the request is carried out, and the process ends before the answer arrives. The process sends
 *   no more requests. A process that ends before a request is the same as one that ends after the request
 *   before
 * - `refused`: the service fails, and changes nothing
 * - `lostAnswer`: the service carries the request out, and the connection ends before the answer
 */
export const interruptionKinds = ['killed', 'refused', 'lostAnswer'] as const;
export type InterruptionKind = (typeof interruptionKinds)[number];

/** Stands for the end of the process. */
class KilledError extends Error {
  override readonly name = 'KilledError';
}

/** Counts the requests of real clients, and interrupts one of them. */
export interface Interruptions {
  /** From now on, interrupts the `nth` request (the first is 1) with `kind`. */
  plan(nth: number, kind: InterruptionKind): void;
  /** How many requests were sent since the last `plan` or `clear`. */
  count(): number;
  /** Whether the planned interruption has happened. */
  wasInterrupted(): boolean;
  /** Ends the interruptions. Clients whose process was killed work again. */
  clear(): void;
}

/** Any client of the SDK. Their middleware types differ only in inputs and outputs, which are not used here. */
type Client = Pick<IvsClient, 'middlewareStack'>;

export function interruptions(clients: readonly { readonly middlewareStack: unknown }[]): Interruptions {
  let planned: { readonly nth: number; readonly kind: InterruptionKind } | undefined;
  let requests = 0;
  let dead = false;
  let hit = false;

  const strikes = (): InterruptionKind | undefined => {
    if (dead) throw new KilledError('ended');
    requests++;
    if (planned === undefined || requests !== planned.nth) return undefined;
    hit = true;
    return planned.kind;
  };
  for (const client of clients as readonly Client[]) {
    client.middlewareStack.add(
      next => async args => {
        switch (strikes()) {
          case undefined:
            return next(args);
          case 'killed':
            await next(args);
            dead = true;
            throw new KilledError('ended');
          case 'refused':
            throw failure('InternalServerError', 500);
          case 'lostAnswer':
            await next(args);
            throw failure('TimeoutError');
        }
      },
      // Below the SDK's retries, like a real answer.
      { step: 'deserialize', name: 'interruptions', priority: 'high' },
    );
  }
  return {
    plan: (nth, kind) => {
      planned = { nth, kind };
      requests = 0;
      dead = false;
      hit = false;
    },
    count: () => requests,
    wasInterrupted: () => hit,
    clear: () => {
      planned = undefined;
      requests = 0;
      dead = false;
      hit = false;
    },
  };
}

function failure(name: string, httpStatusCode?: number): Error {
  const metadata = httpStatusCode === undefined ? {} : { httpStatusCode };
  return Object.assign(new Error(name), { name, $metadata: metadata, $fault: 'server' });
}
