import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { SimulatedRoom } from '../ivs/roomState.ts';

/** The time limit of a review handler (service quotas of IVS Chat). Not adjustable. */
export const REVIEW_TIMEOUT_MS = 200;

/** The event that a review handler receives. */
export interface ReviewEvent {
  readonly Content: string;
  readonly MessageId: string;
  readonly RoomArn: string;
  readonly Attributes: Readonly<Record<string, string>>;
  readonly Sender: {
    readonly UserId: string;
    readonly Ip: string;
    readonly Attributes: Readonly<Record<string, string>>;
  };
}

const answer = z.object({
  ReviewResult: z.enum(['ALLOW', 'DENY']),
  Content: z.string().optional(),
  Attributes: z.record(z.string(), z.string()).optional(),
});

export type Verdict =
  | { readonly result: 'allowed'; readonly content: string; readonly attributes: Record<string, string> }
  | { readonly result: 'denied'; readonly reason: string };

/** Returns the function with an ARN, or undefined. */
export type FunctionAt = (arn: string) => ((event: unknown) => Promise<unknown>) | undefined;

const NOT_ANSWERED = Symbol('not answered');

/**
 * Reviews messages as IVS Chat does, with the room's handler. When the handler fails, answers incorrectly or
 * takes too long, the room's `fallbackResult` applies, and `onFailure` is called.
 */
export function messageReview(functionAt: FunctionAt, onFailure: (reason: string) => void) {
  return async (room: SimulatedRoom, event: ReviewEvent): Promise<Verdict> => {
    const unchanged: Verdict = {
      result: 'allowed',
      content: event.Content,
      attributes: { ...event.Attributes },
    };
    const { uri, fallbackResult = 'ALLOW' } = room.messageReviewHandler ?? {};
    if (!uri) return unchanged;
    const given = await ask(functionAt(uri), event);
    if (given.failure === undefined) {
      const { ReviewResult, Content = event.Content, Attributes = {} } = given.answer;
      return ReviewResult === 'ALLOW'
        ? { result: 'allowed', content: Content, attributes: Attributes }
        : { result: 'denied', reason: Attributes['Reason'] ?? '' };
    }
    onFailure(given.failure);
    return fallbackResult === 'ALLOW' ? unchanged : { result: 'denied', reason: '' };
  };
}

type Answered =
  | { readonly failure: string }
  | { readonly failure?: undefined; readonly answer: z.output<typeof answer> };

async function ask(handler: ReturnType<FunctionAt>, event: ReviewEvent): Promise<Answered> {
  if (handler === undefined) return { failure: 'the function does not exist' };
  const ended = new AbortController();
  try {
    const given = await Promise.race([handler(event), timeout(ended.signal)]);
    if (given === NOT_ANSWERED) return { failure: `no answer within ${REVIEW_TIMEOUT_MS} ms` };
    const parsed = answer.safeParse(given);
    return parsed.success ? { answer: parsed.data } : { failure: `invalid answer: ${JSON.stringify(given)}` };
  } catch (error) {
    return { failure: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  } finally {
    ended.abort();
  }
}

async function timeout(signal: AbortSignal): Promise<typeof NOT_ANSWERED> {
  try {
    await sleep(REVIEW_TIMEOUT_MS, undefined, { signal });
    // If this process was busy, an answer may have arrived at the same time. It is still accepted.
    await nextTurn();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return NOT_ANSWERED;
}
