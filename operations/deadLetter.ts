import * as z from 'zod';

/** A message of a dead-letter queue: the payload for the function, and the error of the last attempt. */
export interface DeadLetter {
  readonly payload: unknown;
  readonly error: string | undefined;
}

/**
 * The record that Lambda writes when the last retry of an asynchronous invocation has failed.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
const invocationRecord = z.object({
  requestContext: z.object({ condition: z.string() }),
  requestPayload: z.unknown().refine(payload => payload !== undefined),
  responsePayload: z
    .object({ errorType: z.string().optional(), errorMessage: z.string().optional() })
    .nullish(),
});

/**
 * The record that Lambda writes when a batch of a DynamoDB stream has failed too often. It has the position of
 * the batch in the stream, and not the changes.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
const streamFailure = z.object({
  requestContext: z.object({ condition: z.string() }),
  DDBStreamBatchInfo: z.unknown().refine(info => info !== undefined),
});

/** An event that EventBridge could not deliver. EventBridge puts the error into the message attributes. */
const envelope = z.object({ id: z.string(), 'detail-type': z.string(), source: z.string() });

/**
 * Parses the body of a message: a failure record of Lambda or an event from EventBridge.
 * @returns undefined when the body is neither
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
  const failure = streamFailure.safeParse(value).data;
  if (failure !== undefined)
    return { payload: failure.DDBStreamBatchInfo, error: failure.requestContext.condition };
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
