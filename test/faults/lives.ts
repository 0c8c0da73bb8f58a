import { AsyncLocalStorage } from 'node:async_hooks';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { IvsClient } from '@aws-sdk/client-ivs';
import { z } from 'zod';
import { KilledError, strikes, type Trouble } from './trouble.ts';

/** One process that handles something, and may be killed while it does. */
interface Life {
  readonly trouble: Trouble;
  isOver: boolean;
}

// Many lives share the clients of this process, and run at once: what a life has begun belongs to it however far it
// has got, and nothing of it is carried out when it is over.
const lives = new AsyncLocalStorage<Life>();

/**
 * Does `work` as a process of its own would that meets `trouble`.
 * @throws KilledError when it did not live to answer, whatever `work` made of that
 */
export async function inLife<T>(trouble: Trouble, work: () => Promise<T>): Promise<T> {
  const life: Life = { trouble, isOver: false };
  trouble.schedule?.enter(life);
  const [outcome] = await Promise.allSettled([lives.run(life, work)]);
  trouble.schedule?.leave(life);
  // A dead process answers nothing, also where its code made an answer of its end.
  if (life.isOver) throw new KilledError('killed');
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}

/** Any client of the SDK: their middleware differs in the types of what goes through it, and nothing here looks at that. */
type Client = Pick<IvsClient, 'middlewareStack'>;

/** Makes the requests of `clients` meet the trouble of the life that sends them. Those of nobody's life meet none. */
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
          if (command === 'TransactWriteItemsCommand' && strikes(trouble, 'conflict')) throw conflict();
          const answer =
            command === 'BatchWriteItemCommand' && strikes(trouble, 'unprocessed')
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
        if (strikes(trouble, 'throttled')) throw failure('ThrottlingException', 400);
        if (strikes(trouble, 'lostRequest')) throw failure('TimeoutError');
        const answer = await next(args);
        if (strikes(trouble, 'lostAnswer')) throw failure('TimeoutError');
        return answer;
      },
      // Inside the SDK's own retries, as a real answer would be.
      { step: 'deserialize', name: 'trouble', priority: 'high' },
    );
  }
}

interface BatchAnswer {
  readonly output: { UnprocessedItems?: Record<string, unknown[]> };
}

/** Sends every second item of a batch, and says of the others what DynamoDB says of those that it did not get to. */
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

/** Ends a life that is over already, or whose end comes now. */
function endIf(life: Life, kind: 'killedBefore' | 'killedAfter'): void {
  if (!life.isOver) life.isOver = life.trouble.isOver?.() === true || strikes(life.trouble, kind);
  if (life.isOver) throw new KilledError('killed');
}

const isWrite = (command: string) => /^(Transact|Batch)?(Write|Put|Update|Delete)/.test(command);

/** Whether a request writes on a condition, or several rows at once: what is decided before must hold when it is done. */
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
