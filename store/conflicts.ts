import { setTimeout as delay } from 'node:timers/promises';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { turnRow } from '../model/rateLimit.ts';
import type { Database } from './database.ts';
import type { RetryPolicy } from './retry.ts';
import { TransactionContentionError } from './transaction.ts';

/** When to stop retrying, and how long to wait before each retry. */
export interface ConflictPolicy {
  /** The maximum number of tries. */
  readonly tries: number;
  /** No try starts later than this many milliseconds after `begunAt`. */
  readonly budgetMs: number;
  /** Returns the wait before the next try, in milliseconds, after `failed` conflicts. */
  readonly waitMs: (failed: number) => number | Promise<number>;
}

/**
 * Returns a policy with random waits whose upper bound quadruples after each conflict, so that conflicting
 * writers do not meet again.
 */
export function randomWaits({ tries, firstDelayMs, longestDelayMs }: RetryPolicy): ConflictPolicy {
  const waitMs = (failed: number) => Math.random() * Math.min(longestDelayMs, firstDelayMs * 4 ** failed);
  return { tries, budgetMs: Number.POSITIVE_INFINITY, waitMs };
}

// About five seconds in total, because a client waits for the answer.
const requestPolicy = randomWaits({ tries: 14, firstDelayMs: 10, longestDelayMs: 800 });

/**
 * Runs `attempt` until no other writer changes the rows between its reads and its write.
 *
 * @param attempt reads, decides, and writes on the condition that nothing has changed; returns `conflict`
 * when something has changed.
 * @param begunAt when the caller began to wait, in milliseconds since the epoch.
 * @throws TransactionContentionError after the last try that the policy allows.
 */
export async function retryOnConflict<T>(
  attempt: () => Promise<T | 'conflict'>,
  { tries, budgetMs, waitMs }: ConflictPolicy = requestPolicy,
  onConflict: () => void = () => {},
  begunAt = Date.now(),
): Promise<T> {
  let [failed, wait] = [0, 0];
  for (;;) {
    const waitedMs = Date.now() - begunAt;
    if (failed >= tries || waitedMs + wait >= budgetMs)
      throw new TransactionContentionError(
        `gave up after ${waitedMs} ms: ${failed} tries conflicted with other writers`,
      );
    if (wait > 0) await delay(wait);
    const result = await attempt().catch(conflictOf);
    if (result !== 'conflict') return result;
    onConflict();
    failed++;
    wait = failed < tries ? await waitMs(failed) : 0;
  }
}

// Most writes to one channel or stage are shorter. A longer write requests a longer turn after each conflict.
const [TURN_MS, LONGEST_TURN_MS] = [30, 1_000];

/**
 * Assigns each writer of `key`, in any number of processes, a turn: a period that no other writer has. If a
 * writer's process dies, its turn passes unused, and the writers after it are not stopped.
 *
 * One request per turn, or two when no other turn is pending.
 *
 * @returns a function that returns the wait before the caller's turn, in milliseconds.
 */
export function turns({ client, names }: Database<'rateLimits'>, key: string): ConflictPolicy['waitMs'] {
  const take = async (now: Date, [update, condition]: readonly [string, string], turnMs: number) => {
    const at = now.getTime();
    const { Attributes } = await client.send(
      new UpdateCommand({
        TableName: names.rateLimits,
        Key: { id: `turns#${key}` },
        UpdateExpression: `SET nextTurnAt = ${update}, expiresAt = :expiresAt, updatedAt = :now, createdAt = if_not_exists(createdAt, :now)`,
        ConditionExpression: condition,
        ExpressionAttributeValues: {
          ':at': at,
          ':turnMs': turnMs,
          ':now': now.toISOString(),
          ':expiresAt': Math.ceil(at / 1_000) + 3_600,
        },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return turnRow.parse(Attributes).nextTurnAt - turnMs - at;
  };
  const afterOthers = ['nextTurnAt + :turnMs', 'nextTurnAt >= :at'] as const;
  const atOnce = [':at + :turnMs', 'attribute_not_exists(id) OR nextTurnAt < :at'] as const;
  let ownUntil = 0;
  return async failed => {
    // Writers without a conflict so far have no turn and may conflict with a writer in its turn, which
    // retries at once.
    if (Date.now() < ownUntil) return 0;
    const turnMs = Math.min(LONGEST_TURN_MS, TURN_MS * 2 ** (failed - 1));
    for (
      let way: readonly [string, string] = afterOthers;
      ;
      way = way === afterOthers ? atOnce : afterOthers
    ) {
      try {
        const wait = await take(new Date(), way, turnMs);
        ownUntil = Date.now() + wait + turnMs;
        return wait;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    }
  };
}

/** Runs work that competes for one key sequentially, in the order of the calls. */
export type KeyedQueue = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** Returns a queue per key within this process. Writers wait in it instead of causing conflicts. */
export function keyedQueue(): KeyedQueue {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const turn = (last.get(key) ?? Promise.resolve()).then(work, work);
    last.set(key, turn);
    const leave = () => void (last.get(key) === turn && last.delete(key));
    turn.then(leave, leave);
    return turn;
  };
}

function conflictOf(error: unknown): 'conflict' {
  if (error instanceof TransactionContentionError) return 'conflict';
  throw error;
}
