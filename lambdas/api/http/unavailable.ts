import * as z from '../../../model/zod.ts';

const throttled = [
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TooManyRequestsException',
  // Other writers won every retry.
  'TransactionConflictException',
  'TransactionContentionError',
] as const;
// For operations that do not handle these errors themselves.
const ivs = ['IvsBusyError', 'IvsQuotaError'] as const;
const mail = ['MailError'] as const;
// Node's codes for a service that cannot be reached or that closed the connection.
const unreachable = ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'EPIPE', 'ETIMEDOUT'] as const;

/** The shapes of temporary failures that the AWS SDK throws after its own retries. */
const passing = z.union([
  z.object({ name: z.enum([...throttled, 'TimeoutError', 'TransactionContentionError', ...ivs, ...mail]) }),
  z.object({ code: z.enum(unreachable) }),
  z.object({ $fault: z.literal('server') }),
  z.object({ $metadata: z.object({ httpStatusCode: z.number().check(z.minimum(500)) }) }),
]);

/**
 * Returns whether `error` means that an AWS service was busy, failing or unreachable, and not that the
 * request was wrong.
 */
export function isUnavailable(error: unknown): boolean {
  return passing.safeParse(error).success;
}
