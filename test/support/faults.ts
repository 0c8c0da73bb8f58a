import {
  ProvisionedThroughputExceededException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** Probabilities, 0 to 1, that a request meets a fault. */
export interface FaultChances {
  /** DynamoDB refuses a transaction because another one holds one of its items. */
  readonly transactionConflict?: number;
  /** DynamoDB throttles the request, and the SDK retries. */
  readonly throttle?: number;
  /** The process ends before its request is sent. */
  readonly killBefore?: number;
  /** The request is carried out, and the process ends before the answer arrives. */
  readonly killAfter?: number;
}

/** Stands for the end of the process that handles an event. */
export class KilledError extends Error {
  override readonly name = 'KilledError';
}

export interface Faults {
  /** How many faults of each kind were injected. */
  readonly injected: Record<keyof FaultChances, number>;
  /** Stops injecting faults. */
  stop(): void;
}

/** Injects faults into the requests of a real client. `random` returns numbers in [0, 1). */
export function injectFaults(
  client: DynamoDBDocumentClient,
  chances: FaultChances,
  random: () => number,
): Faults {
  const injected = { transactionConflict: 0, throttle: 0, killBefore: 0, killAfter: 0 };
  let on = true;
  const strikes = (fault: keyof FaultChances) => {
    const hit = on && random() < (chances[fault] ?? 0);
    if (hit) injected[fault]++;
    return hit;
  };
  const refusal = { $metadata: { httpStatusCode: 400 } };
  client.middlewareStack.add(
    (next, context) => async args => {
      if (strikes('killBefore')) throw new KilledError('before');
      const isTransaction = context['commandName'] === 'TransactWriteItemsCommand';
      if (isTransaction && strikes('transactionConflict')) {
        const CancellationReasons = [{ Code: 'None' }, { Code: 'TransactionConflict' }];
        throw new TransactionCanceledException({
          ...refusal,
          message: 'Transaction cancelled',
          CancellationReasons,
        });
      }
      const answer = await next(args);
      if (strikes('killAfter')) throw new KilledError('after');
      return answer;
    },
    { step: 'initialize', name: 'faults', priority: 'high' },
  );
  client.middlewareStack.add(
    next => async args => {
      if (strikes('throttle'))
        throw new ProvisionedThroughputExceededException({ ...refusal, message: 'Throttled' });
      return next(args);
    },
    // Below the SDK's retries, like a real answer.
    { step: 'deserialize', name: 'throttling', priority: 'high' },
  );
  return {
    injected,
    stop: () => {
      on = false;
    },
  };
}
