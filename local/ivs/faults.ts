import { z } from 'zod';
import { IvsError } from './errors.ts';

/**
 * A failure that is injected into the next calls of an operation:
 * - `quota`, `throttled`, `failed`, `unavailable`: the call has no effect and is answered with 402, 429, 500
 *   or 503.
 * - `lostAnswer`: the call takes effect, but the connection is closed without an answer.
 */
export const fault = z.strictObject({
  operation: z.string().min(1),
  failure: z.enum(['quota', 'throttled', 'failed', 'unavailable', 'lostAnswer']),
  /** The number of calls that fail. */
  times: z.number().int().min(1).default(1),
  /** Limits the failure to calls for this page of a list. The first page is 1. */
  page: z.number().int().min(1).optional(),
});
export type Fault = z.output<typeof fault>;
export type FaultInput = z.input<typeof fault>;

/** The injected failures, in the order in which they were added. */
export interface FaultPlan {
  add(input: FaultInput): void;
  clear(): void;
  /** The failures that have not been used up. */
  pending(): readonly Fault[];
  /** Returns the failure of this call, if any, and counts it as used. */
  take(operation: string, page: number): Fault['failure'] | undefined;
}

export function faultPlan(): FaultPlan {
  let faults: Fault[] = [];
  return {
    add: input => void faults.push(fault.parse(input)),
    clear: () => {
      faults = [];
    },
    pending: () => faults,
    take: (operation, page) => {
      const found = faults.find(
        candidate => candidate.operation === operation && (candidate.page ?? page) === page,
      );
      if (found === undefined) return undefined;
      faults = faults.flatMap(candidate => {
        if (candidate !== found) return [candidate];
        return found.times === 1 ? [] : [{ ...found, times: found.times - 1 }];
      });
      return found.failure;
    },
  };
}

/** Returns the error of a failure. `limit` is the operation's quota in calls per second. */
export function refusal(failure: Exclude<Fault['failure'], 'lostAnswer'>, limit: number): IvsError {
  switch (failure) {
    case 'quota':
      return new IvsError('ServiceQuotaExceededException', 'The quota is exceeded', {
        resourceType: 'ROOM',
        limit,
      });
    case 'throttled':
      return new IvsError('ThrottlingException', 'Rate exceeded', { resourceType: 'ROOM', limit });
    case 'failed':
      return new IvsError('InternalServerException', 'Unexpected error during processing of request');
    case 'unavailable':
      return new IvsError('ServiceUnavailable', 'The service is temporarily unavailable');
  }
}
