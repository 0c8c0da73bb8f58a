import { z } from 'zod';
import { IvsError } from './errors.ts';

/**
 * A failure to come, of calls of one operation:
 * - `quota`, `throttled`, `failed`, `unavailable`: refused with 402, 429, 500 or 503 before anything was done;
 * - `lostAnswer`: done, and the connection cut instead of an answer, as in a time-out.
 */
export const fault = z.strictObject({
  operation: z.string().min(1),
  failure: z.enum(['quota', 'throttled', 'failed', 'unavailable', 'lostAnswer']),
  /** How many calls fail. */
  times: z.number().int().min(1).default(1),
  /** Only calls that ask for this page of a list, the first being 1. */
  page: z.number().int().min(1).optional(),
});
export type Fault = z.output<typeof fault>;
export type FaultInput = z.input<typeof fault>;

/** The failures to come, in the order in which they were asked for. */
export interface FaultPlan {
  add(input: FaultInput): void;
  clear(): void;
  /** Those still to come. */
  pending(): readonly Fault[];
  /** The failure of this call, counted as used; undefined, and it goes well. */
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

/** The refusal that a failure stands for, of a call of which `limit` a second are allowed. */
export function refusal(failure: Exclude<Fault['failure'], 'lostAnswer'>, limit: number): IvsError {
  switch (failure) {
    case 'quota':
      return new IvsError('ServiceQuotaExceededException', 'The quota is used up', {
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
