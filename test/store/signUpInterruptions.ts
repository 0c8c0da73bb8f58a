import type { IvsClient } from '@aws-sdk/client-ivs';

/**
 * What becomes of a request:
 * - `killed`: it is carried out, and the process ends before the answer is heard. Nothing of what follows in that
 *   process is done. One that ends before a request is one that ended after the request before it
 * - `refused`: the service fails, and does nothing
 * - `lostAnswer`: the service does it, and the connection ends before the answer
 */
export const interruptionKinds = ['killed', 'refused', 'lostAnswer'] as const;
export type InterruptionKind = (typeof interruptionKinds)[number];

/** What stands for the end of the process. */
class KilledError extends Error {
  override readonly name = 'KilledError';
}

/** Requests of real clients, counted, of which one meets an interruption. */
export interface Interruptions {
  /** From now on, the `nth` request (the first is 1) meets `kind`. */
  plan(nth: number, kind: InterruptionKind): void;
  /** How many requests were made since the last plan, or rest. */
  count(): number;
  /** Whether the planned one has come. */
  struck(): boolean;
  /** No interruptions, and a new process: what was killed is alive again. */
  rest(): void;
}

/** Any client of the SDK: their middleware differs in the types of what goes through it, and nothing here looks at that. */
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
      // Inside the SDK's own retries, as a real answer would be.
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
    struck: () => hit,
    rest: () => {
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
