import { AsyncLocalStorage } from 'node:async_hooks';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { IvsClient } from '@aws-sdk/client-ivs';
import { z } from 'zod';
import { drawFault, KilledError, type Trouble } from './trouble.ts';

/** A simulated process. A fault may kill it. */
interface Life {
  readonly trouble: Trouble;
  isOver: boolean;
}

// Simulated processes share the clients of this process and run concurrently. All requests that a simulated
// process starts belong to it, and none is sent after it was killed.
const lives = new AsyncLocalStorage<Life>();

/**
 * Runs `work` as a process of its own that meets the faults of `trouble`.
 * @throws KilledError if the process was killed, whatever `work` returned
 */
export async function inLife<T>(trouble: Trouble, work: () => Promise<T>): Promise<T> {
  const life: Life = { trouble, isOver: false };
  trouble.schedule?.enter(life);
  const [outcome] = await Promise.allSettled([lives.run(life, work)]);
  trouble.schedule?.leave(life);
  // A killed process answers nothing, even if the code under test caught the error and made an answer.
  if (life.isOver) throw new KilledError('killed');
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}

/**
 * Any client of the SDK. Their middleware types differ only in inputs and outputs, which are not used here.
 */
type Client = Pick<IvsClient, 'middlewareStack'>;

/** Adds faults to the requests of `clients`. Requests outside a simulated process meet no faults. */
export function exposeToTrouble(clients: readonly { readonly middlewareStack: unknown }[]): void {
  for (const client of clients as readonly Client[]) {
    client.middlewareStack.add(
      (next, context) => async args => {
        const life = lives.getStore();
        if (life === undefined) return next(args);
        const { trouble } = life;
        const command = String(context['commandName']);
        const over = await trouble.schedule?.turn(life, isGuarded(command, args.input));
        try {
          endIf(life, 'killedBefore');
          trouble.met.requests++;
          if (command === 'TransactWriteItemsCommand' && drawFault(trouble, 'conflict')) throw conflict();
          const answer =
            command === 'BatchWriteItemCommand' && drawFault(trouble, 'unprocessed')
              ? await partly(args, next)
              : await next(args);
          if (isWrite(command)) await lives.exit(async () => trouble.onWritten?.());
          endIf(life, 'killedAfter');
          return answer;
        } finally {
          over?.();
        }
      },
      { step: 'initialize', name: 'lives', priority: 'high' },
    );
    client.middlewareStack.add(
      next => async args => {
        const life = lives.getStore();
        if (life === undefined) return next(args);
        const { trouble } = life;
        if (drawFault(trouble, 'throttled')) throw failure('ThrottlingException', 400);
        if (drawFault(trouble, 'lostRequest')) throw failure('TimeoutError');
        const answer = await next(args);
        if (drawFault(trouble, 'lostAnswer')) throw failure('TimeoutError');
        return answer;
      },
      // Below the SDK's retries, like a real answer.
      { step: 'deserialize', name: 'trouble', priority: 'high' },
    );
  }
}

interface BatchAnswer {
  readonly output: { UnprocessedItems?: Record<string, unknown[]> };
}

/** Sends every second item of a batch, and returns the others as unprocessed. */
async function partly<Args extends { input: object }, Answer extends object>(
  args: Args,
  next: (args: Args) => Promise<Answer>,
): Promise<Answer> {
  const { RequestItems } = batch.parse(args.input);
  const part = (rest: number) =>
    Object.fromEntries(
      Object.entries(RequestItems)
        .map(([table, items]) => [table, items.filter((_, at) => at % 2 === rest)] as const)
        .filter(([, items]) => items.length > 0),
    );
  const [taken, left] = [part(1), part(0)];
  const request = Object.keys(taken).length === 0 ? RequestItems : taken;
  const answer = await next({ ...args, input: { ...args.input, RequestItems: request } });
  if (request === taken) Object.assign((answer as unknown as BatchAnswer).output, { UnprocessedItems: left });
  return answer;
}

const batch = z.looseObject({ RequestItems: z.record(z.string(), z.array(z.unknown())) });

/** Throws if a process was killed before, or is killed now. */
function endIf(life: Life, kind: 'killedBefore' | 'killedAfter'): void {
  if (!life.isOver) life.isOver = life.trouble.isOver?.() === true || drawFault(life.trouble, kind);
  if (life.isOver) throw new KilledError('killed');
}

const isWrite = (command: string) => /^(Transact|Batch)?(Write|Put|Update|Delete)/.test(command);

/** Whether a request has a condition or writes several rows. Such a write depends on what was read before. */
function isGuarded(command: string, input: object): boolean {
  return command.startsWith('TransactWrite') || (isWrite(command) && 'ConditionExpression' in input);
}

function conflict(): Error {
  return new TransactionCanceledException({
    $metadata: { httpStatusCode: 400 },
    message: 'Transaction cancelled',
    CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }],
  });
}

function failure(name: string, httpStatusCode?: number): Error {
  const $metadata = httpStatusCode === undefined ? {} : { httpStatusCode };
  return Object.assign(new Error(name), { name, $metadata });
}
