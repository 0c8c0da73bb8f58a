import { z } from 'zod';

const throttled = [
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TooManyRequestsException',
  // Other writers were faster, every time.
  'TransactionConflictException',
  'TransactionContentionError',
] as const;
// Where an operation has no answer of its own for them.
const ivs = ['IvsBusyError', 'IvsQuotaError'] as const;
// Node's codes for a service that cannot be reached, or that hung up.
const unreachable = ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'EPIPE', 'ETIMEDOUT'] as const;

/** The forms in which the AWS SDK throws a failure that may be over a moment later, having tried again itself. */
const passing = z.union([
  z.object({ name: z.enum([...throttled, 'TimeoutError', 'TransactionContentionError', ...ivs]) }),
  z.object({ code: z.enum(unreachable) }),
  z.object({ $fault: z.literal('server') }),
  z.object({ $metadata: z.object({ httpStatusCode: z.number().min(500) }) }),
]);

/** Whether `error` says that an AWS service was busy, broken or out of reach, rather than that we asked wrongly. */
export function isUnavailable(error: unknown): boolean {
  return passing.safeParse(error).success;
}
