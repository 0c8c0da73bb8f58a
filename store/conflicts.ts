import { setTimeout as delay } from 'node:timers/promises';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { turnRow } from '../model/rateLimit.ts';
import type { Database } from './database.ts';
import type { RetryPolicy } from './retry.ts';
import { TransactionContentionError } from './transaction.ts';

/** When to give up, and how long to wait before each new try. */
export interface ConflictPolicy {
  /** How many tries there are in all. */
  readonly tries: number;
  /** No try begins later than this after the caller began to wait. */
  readonly budgetMs: number;
  /** How long to wait before the next try, in milliseconds, after `failed` conflicts. */
  readonly waitMs: (failed: number) => number | Promise<number>;
}

/** Waits at random, up to four times as long after each conflict: writers that met must not meet again. */
export function randomWaits({ tries, firstDelayMs, longestDelayMs }: RetryPolicy): ConflictPolicy {
  const waitMs = (failed: number) => Math.random() * Math.min(longestDelayMs, firstDelayMs * 4 ** failed);
  return { tries, budgetMs: Number.POSITIVE_INFINITY, waitMs };
}

// About five seconds in all: a client waits for the answer.
const requestPolicy = randomWaits({ tries: 14, firstDelayMs: 10, longestDelayMs: 800 });

/**
 * Runs `attempt` until no other writer changes what it read before it writes.
 *
 * @param attempt reads, decides, and writes on the condition that nothing has changed; gives `conflict` when
 *   something has.
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
        `gave up after ${waitedMs} ms: ${failed} tries met the writes of others`,
      );
    if (wait > 0) await delay(wait);
    const result = await attempt().catch(conflictOf);
    if (result !== 'conflict') return result;
    onConflict();
    failed++;
    wait = failed < tries ? await waitMs(failed) : 0;
  }
}

// Most writes of one channel or stage take less. One that takes longer asks for more with each conflict.
const [TURN_MS, LONGEST_TURN_MS] = [30, 1_000];

/**
 * Gives writers of one `key`, in any number of processes, a turn each: a stretch of time that no other has. A writer
 * whose process dies leaves its turn unused, and delays nobody else.
 *
 * One request for each turn, or two when no turn is waited for.
 *
 * @returns the wait before the caller's turn, in milliseconds.
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
    // Writers that have met no conflict yet have no turn, and may be in the way of one that has: it tries again at once.
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

/** Runs work that competes for one key one after another, in the order in which it came. */
export type InTurn = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** A queue for each key, within this process: writers that would only meet conflicts wait instead. */
export function queues(): InTurn {
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
