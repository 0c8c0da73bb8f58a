import { IvsError } from './errors.ts';

/** How many resources of a kind an account may have in a Region. All of these are raised on request. */
export interface ResourceLimits {
  readonly channels: number;
  readonly rooms: number;
  readonly stages: number;
}

/** What a new account has. */
export const defaultLimits: ResourceLimits = { channels: 5_000, rooms: 50_000, stages: 1_000 };

/** IVS allows one: a new one takes the place of the old one, which is deleted first. Not raised on request. */
export const STREAM_KEYS_PER_CHANNEL = 1;

/** @throws IvsError ServiceQuotaExceededException, when there is no room for one more. */
export function checkLimit(existing: number, limit: number, what: string): void {
  if (existing < limit) return;
  throw new IvsError('ServiceQuotaExceededException', `The quota of ${limit} ${what} is used up`, {
    resourceType: 'ROOM',
    limit,
  });
}
