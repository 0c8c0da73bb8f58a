import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { SimulatedRoom } from '../ivs/roomState.ts';

/** How long a review handler has; AWS does not raise it on request (service quotas of IVS Chat). */
export const REVIEW_LIMIT_MS = 200;

/** What a review handler is asked. */
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

/** The function behind an ARN, undefined when there is none. */
export type FunctionAt = (arn: string) => ((event: unknown) => Promise<unknown>) | undefined;

const NOT_ANSWERED = Symbol('not answered');

/**
 * Reviews messages as IVS Chat does: the room's handler is asked, and what becomes of a message whose handler fails, gives
 * no valid answer or takes too long is for the room to say. `failed` is told of those.
 */
export function messageReview(functionAt: FunctionAt, failed: (reason: string) => void) {
  return async (room: SimulatedRoom, event: ReviewEvent): Promise<Verdict> => {
    const asItIs: Verdict = {
      result: 'allowed',
      content: event.Content,
      attributes: { ...event.Attributes },
    };
    const { uri, fallbackResult = 'ALLOW' } = room.messageReviewHandler ?? {};
    if (!uri) return asItIs;
    const given = await ask(functionAt(uri), event);
    if (given.failure === undefined) {
      const { ReviewResult, Content = event.Content, Attributes = {} } = given.answer;
      return ReviewResult === 'ALLOW'
        ? { result: 'allowed', content: Content, attributes: Attributes }
        : { result: 'denied', reason: Attributes['Reason'] ?? '' };
    }
    failed(given.failure);
    return fallbackResult === 'ALLOW' ? asItIs : { result: 'denied', reason: '' };
  };
}

type Asked =
  | { readonly failure: string }
  | { readonly failure?: undefined; readonly answer: z.output<typeof answer> };

async function ask(handler: ReturnType<FunctionAt>, event: ReviewEvent): Promise<Asked> {
  if (handler === undefined) return { failure: 'there is no such function' };
  const late = new AbortController();
  try {
    const given = await Promise.race([handler(event), limit(late.signal)]);
    if (given === NOT_ANSWERED) return { failure: `no answer within ${REVIEW_LIMIT_MS} ms` };
    const parsed = answer.safeParse(given);
    return parsed.success ? { answer: parsed.data } : { failure: `not an answer: ${JSON.stringify(given)}` };
  } catch (error) {
    return { failure: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  } finally {
    late.abort();
  }
}

async function limit(signal: AbortSignal): Promise<typeof NOT_ANSWERED> {
  try {
    await sleep(REVIEW_LIMIT_MS, undefined, { signal });
    // When it was this process that was busy, an answer may have come at the same time.
    await nextTurn();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return NOT_ANSWERED;
}
