import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/**
 * Runs all of `work` concurrently, with one database request in progress at a time. When all are waiting to
 * send one, the next of `picks` chooses which is sent. A list of picks is one interleaving that can be
 * replayed.
 */
export async function inTurns<T>(
  client: DynamoDBDocumentClient,
  work: readonly (() => Promise<T>)[],
  picks: Iterator<number>,
): Promise<T[]> {
  const waiting: (() => void)[] = [];
  let atWork = work.length;
  const pass = () => {
    if (waiting.length < atWork || atWork === 0) return;
    const [send] = waiting.splice((picks.next().value ?? 0) % waiting.length, 1);
    send?.();
  };
  client.middlewareStack.add(
    next => async args => {
      await new Promise<void>(resolve => {
        waiting.push(resolve);
        pass();
      });
      return next(args);
    },
    { step: 'initialize', name: 'turns', priority: 'high' },
  );
  try {
    return await Promise.all(
      work.map(one =>
        one().finally(() => {
          atWork--;
          pass();
        }),
      ),
    );
  } finally {
    client.middlewareStack.remove('turns');
  }
}

/** Records the writes that were carried out while `isOver` returned true, when none should be. */
export function watchWrites(client: DynamoDBDocumentClient, isOver: () => boolean): () => string[] {
  const early: string[] = [];
  client.middlewareStack.add(
    (next, context) => async args => {
      const wasOver = isOver();
      const answer = await next(args);
      const name = String(context['commandName']);
      if (wasOver && /^TransactWrite/.test(name)) early.push(name);
      return answer;
    },
    { step: 'initialize', name: 'watchWrites' },
  );
  return () => {
    client.middlewareStack.remove('watchWrites');
    return early;
  };
}
