import { ANSWER_SECONDS, type IdempotencyRow, KEY_LEASE_SECONDS } from '../model/idempotency.ts';
import type { Database } from '../store/database.ts';
import { getKey, releaseKey, retakeKey, storeAnswer, takeKey } from '../store/idempotency.ts';
import { KeyInUseError, KeyReusedError } from './errors.ts';
import { keyId, SEAL_IV_BYTES, type Seal, sealOf } from './idempotencySeal.ts';

export interface IdempotencyDependencies {
  readonly database: Database<'idempotency'>;
  readonly clock: () => Date;
  /** Returns that many random bytes that cannot be guessed. */
  readonly random: (bytes: number) => Uint8Array;
  /** Called when an answer was returned but could not be stored. */
  readonly onLostAnswer: (error: unknown) => void;
}

/** A request that must take effect once, however often it is sent. */
export interface OnceRequest {
  readonly operation: string;
  readonly caller: string;
  /** The client's `Idempotency-Key`. */
  readonly key: string;
  readonly body: string;
}

/** The result of a request: the answer as text, and whether a repetition gets the same answer. */
export interface Outcome {
  readonly answer: string;
  readonly isFinal: boolean;
}

/**
 * Runs `work`, unless the same request got its answer within a day; then returns that answer. Two database
 * requests in both cases.
 *
 * An answer that cannot be stored is returned nevertheless, because the work is done.
 *
 * @throws KeyInUseError while another request with the key is in progress
 * @throws KeyReusedError when the key was used with another body
 */
export type AnswerOnce = (
  request: OnceRequest,
  work: () => Promise<Outcome>,
) => Promise<{ readonly answer: string; readonly isReplay: boolean }>;

export function answerOnce({ database, clock, random, onLostAnswer }: IdempotencyDependencies): AnswerOnce {
  return async ({ operation, caller, key, body }, work) => {
    const id = keyId(operation, caller, key);
    const taken = await take();
    if ('answer' in taken) return { answer: taken.answer, isReplay: true };
    const { row, seal } = taken;
    let outcome: Outcome;
    try {
      outcome = await work();
    } catch (error) {
      await writeOrReport(() => releaseKey(database, row));
      throw error;
    }
    const { answer, isFinal } = outcome;
    await writeOrReport(() =>
      isFinal
        ? storeAnswer(database, row, seal.encrypt(answer, random(SEAL_IV_BYTES)), clock())
        : releaseKey(database, row),
    );
    return { answer, isReplay: false };

    async function take(): Promise<{ row: IdempotencyRow; seal: Seal } | { answer: string }> {
      const now = clock();
      const mine = newRow(now);
      if (await takeKey(database, mine.row, now)) return mine;
      const existing = await getKey(database, id);
      // The row expired or was released between the two requests.
      if (existing === undefined) throw new KeyInUseError(1);
      const seal = sealOf(key, existing.salt, id);
      if (seal.fingerprint(body) !== existing.fingerprint) throw new KeyReusedError();
      if (existing.answer !== undefined) return { answer: seal.decrypt(existing.answer) };
      const leftMs = Date.parse(existing.leaseUntil) - now.getTime();
      if (leftMs > 0) throw new KeyInUseError(1);
      if (await retakeKey(database, mine.row, existing.lease)) return mine;
      throw new KeyInUseError(1);
    }

    function newRow(now: Date): { row: IdempotencyRow; seal: Seal } {
      const salt = text(random(32));
      const seal = sealOf(key, salt, id);
      const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
      const row = {
        id,
        salt,
        fingerprint: seal.fingerprint(body),
        lease: text(random(16)),
        leaseUntil: later(KEY_LEASE_SECONDS).toISOString(),
        expiresAt: Math.floor(later(ANSWER_SECONDS).getTime() / 1000),
        createdAt: now.toISOString(),
        updatedAt: now.toISOString(),
      };
      return { row, seal };
    }
  };

  async function writeOrReport(write: () => Promise<unknown>): Promise<void> {
    try {
      await write();
    } catch (error) {
      onLostAnswer(error);
    }
  }
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
