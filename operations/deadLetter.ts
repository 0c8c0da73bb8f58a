import * as z from 'zod';

/** A message of a dead-letter queue: what its function was to be given, and what went wrong. */
export interface DeadLetter {
  readonly payload: unknown;
  readonly error: string | undefined;
}

/**
 * What Lambda writes when a function has failed on an invocation for the last time.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
const invocationRecord = z.object({
  requestContext: z.object({ condition: z.string() }),
  requestPayload: z.unknown().refine(payload => payload !== undefined),
  responsePayload: z
    .object({ errorType: z.string().optional(), errorMessage: z.string().optional() })
    .nullish(),
});

/** What EventBridge writes when it could not hand an event over: the event, with the error in attributes. */
const envelope = z.object({ id: z.string(), 'detail-type': z.string(), source: z.string() });

/**
 * Reads the body of a message, in either of the forms that the stack's queues hold.
 * @returns undefined when it is neither: such a message is nobody's
 */
export function parseDeadLetter(
  body: string,
  attributes: Readonly<Record<string, string>> = {},
): DeadLetter | undefined {
  const value = parseJson(body);
  const record = invocationRecord.safeParse(value).data;
  if (record !== undefined) {
    const { errorType, errorMessage } = record.responsePayload ?? {};
    const error = [errorType, errorMessage].filter(part => part !== undefined).join(': ');
    return { payload: record.requestPayload, error: error || record.requestContext.condition };
  }
  if (!envelope.safeParse(value).success) return undefined;
  return { payload: value, error: attributes['ERROR_MESSAGE'] ?? attributes['ERROR_CODE'] };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
