import {
  ProvisionedThroughputExceededException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** Chances, 0 to 1, that a request meets a fault. */
export interface FaultChances {
  /** DynamoDB refuses a transaction because another holds one of its items. */
  readonly transactionConflict?: number;
  /** DynamoDB throttles; the SDK sees it and tries again. */
  readonly throttle?: number;
  /** The caller is gone before its request is sent. */
  readonly killBefore?: number;
  /** The request is carried out and the caller is gone before it hears so. */
  readonly killAfter?: number;
}

/** What stands for the end of the process that handled an event. */
export class KilledError extends Error {
  override readonly name = 'KilledError';
}

export interface Faults {
  /** How many of each were injected. */
  readonly injected: Record<keyof FaultChances, number>;
  /** No more from now on. */
  stop(): void;
}

/** Makes requests of a real client meet faults. `random` gives numbers in [0, 1). */
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
    // Inside the SDK's own retries, as a real answer would be.
    { step: 'deserialize', name: 'throttling', priority: 'high' },
  );
  return {
    injected,
    stop: () => {
      on = false;
    },
  };
}
